'use strict'

const { NativeAdapter } = require('../native/binary.js')
const { invalid } = require('../option-checks.js')
const { resolveStore } = require('../stores/resolve.js')
const { methodsOf } = require('./methods.js')
const { checkOptions, nativeOptions } = require('./options.js')

/**
 * A NextAuth database adapter whose users are ChatBotKit sub-accounts. index.d.ts documents the
 * options.
 *
 * @param {import('../../index.js').ChatBotKitAdapterOptions} options
 */
function ChatBotKitPartnerAdapter(options) {
  const checked = checkOptions(options)
  const { native: store, beforeCall } = resolveStore(checked.store)
  const { logger, userFields } = checked
  return methodsOf(construct(nativeOptions(checked), store), { logger, userFields, beforeCall })
}

function construct(options, store) {
  try {
    return new NativeAdapter(options, store)
  } catch (error) {
    throw invalid(`An option cannot be used: ${error.message}`)
  }
}

module.exports = { ChatBotKitPartnerAdapter }
