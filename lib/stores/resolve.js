'use strict'

const { storeOver } = require('./clients/index.js')
const { bridge } = require('./javascript-store.js')
const { MemoryStore, warnInProduction } = require('./memory-store.js')
const { hasOwnCompareAndSet, nativeOf } = require('./native-backed-store.js')

function nothing() {}

/** The native store that an adapter over `store` uses, and what to do before each call. */
function resolveStore(store) {
  const native = nativeOf(store) ?? bridge(storeOver(store), hasOwnCompareAndSet)
  return { native, beforeCall: store instanceof MemoryStore ? warnInProduction : nothing }
}

module.exports = { resolveStore }
