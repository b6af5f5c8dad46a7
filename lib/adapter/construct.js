'use strict'

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
 * @param {(options: any, store: object) => object} construct makes the native adapter
 */
function constructAdapter(whose, checks, options, construct) {
  const checked = checkOptions(whose, checks, options)
  const { native: store, beforeCall } = resolveStore(checked.store)
  const { logger, userFields, newUser } = checked
  const adapter = constructNative(() => construct(checked, store))
  return methodsOf(adapter, { logger, userFields, newUser, beforeCall })
}

function constructNative(construct) {
  try {
    return construct()
  } catch (error) {
    throw invalid(`An option cannot be used: ${error.message}`)
  }
}

module.exports = { constructAdapter }
