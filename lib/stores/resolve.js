'use strict'

const { MemoryStore, warnInProduction } = require('./memory-store.js')
const { hasOwnCompareAndSet, nativeOf } = require('./native-backed-store.js')

function nothing() {}

/** The native store that an adapter over `store` uses, and what to do before each call. */
function resolveStore(store) {
  const native = nativeOf(store) ?? bridged(store)
  return { native, beforeCall: store instanceof MemoryStore ? warnInProduction : nothing }
}

/** Whatever is no native store. What knows the clients of others is loaded for those who pass one. */
function bridged(store) {
  const { storeOver } = require('./clients/index.js')
  const { bridge } = require('./javascript-store.js')
  return bridge(storeOver(store), hasOwnCompareAndSet)
}

module.exports = { resolveStore }
