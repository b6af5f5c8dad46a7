'use strict'

const { handled } = require('../handled.js')
const { invalid } = require('../option-checks.js')
const { resolveStore } = require('../stores/resolve.js')
const { methodsOf } = require('./methods.js')
const { checkOptions } = require('./options.js')

/**
 * An adapter over checked options and a store.
 *
 * @param {string} whose its name, for messages
 * @param {Record<string, (value: unknown) => string | undefined>} checks of its options
 * @param {unknown} options
 * @param {'runAsUserId' | 'contactId'} idName what a client of the API calls the id of a user
 * @param {(options: any, store: object) => object} construct makes the native adapter
 */
function constructAdapter(whose, checks, options, idName, construct) {
  const checked = checkOptions(whose, checks, options)
  const { native: store, beforeCall } = resolveStore(checked.store)
  const { logger, userFields, newUser } = checked
  const adapter = constructNative(() => construct(checked, store))
  const methods = methodsOf(adapter, { logger, userFields, newUser, beforeCall })
  /** What the SDK takes. Loaded by those who call it. */
  const clientOptions = async (userId) => {
    return require('./client-options.js').clientOptions(idName, checked, userId)
  }
  return { ...methods, clientOptions: (userId) => handled(clientOptions(userId)) }
}

function constructNative(construct) {
  try {
    return construct()
  } catch (error) {
    throw invalid(`An option cannot be used: ${error.message}`)
  }
}

module.exports = { constructAdapter }
