'use strict'

const { handled } = require('../handled.js')
const { invalid } = require('../option-checks.js')
const { NativeStore } = require('../native/binary.js')
const { resolveStore } = require('../stores/resolve.js')
const { storeOfEnvironment } = require('../stores/store-from.js')
const { methodsOf } = require('./methods.js')
const { checkOptions } = require('./options.js')

/** The variables that stand for options which are left out; those for `store`: lib/stores/store-from.js. */
const VARIABLES = {
  secret: 'CHATBOTKIT_API_SECRET',
  baseUrl: 'CHATBOTKIT_BASE_URL',
}

/**
 * An adapter over checked options and a store. What is left out of them is taken from the environment by
 * the first call: `next build` loads the configuration without it, and a program may load its variables
 * after its modules.
 *
 * @param {string} whose its name, for messages
 * @param {Record<string, (value: unknown) => string | undefined>} checks of its options
 * @param {unknown} options
 * @param {'runAsUserId' | 'contactId'} idName what a client of the API calls the id of a user
 * @param {(options: any, store: object) => object} construct makes the native adapter
 */
function constructAdapter(whose, checks, options, idName, construct) {
  const checked = checkOptions(whose, checks, options)
  const { store, logger, userFields, newUser } = checked
  const given = isLeftOut(store) ? undefined : resolveStore(store)
  // A mistake in the options is one of the configuration, not of the first call.
  let made = opened(checked, given ?? { native: NativeStore.memory() })
  if (!isComplete(checked)) made = undefined

  function opened(all, { native, beforeCall }) {
    return { adapter: constructNative(() => construct(all, native)), beforeCall }
  }

  function open() {
    made ??= opened(fromEnvironment(checked), given ?? resolveStore(storeOfEnvironment()))
    return made
  }

  const native = { open, close: () => made?.adapter.close() }
  const methods = methodsOf(native, { logger, userFields, newUser })
  /** What the SDK takes. Loaded by those who call it. */
  const clientOptions = async (userId) => {
    const { clientOptions } = require('./client-options.js')
    return clientOptions(idName, fromEnvironment(checked), userId)
  }
  return { ...methods, clientOptions: (userId) => handled(clientOptions(userId)) }
}

function isLeftOut(value) {
  return value === undefined || value === null
}

/** Whether nothing is left out that the environment may have. */
function isComplete(options) {
  return !['store', ...Object.keys(VARIABLES)].some((name) => isLeftOut(options[name]))
}

/** The options, with what the environment has in the place of what is left out. */
function fromEnvironment(options) {
  const found = Object.entries(VARIABLES)
    .filter(([name]) => isLeftOut(options[name]))
    .map(([name, variable]) => [name, process.env[variable]])
  return { ...options, ...Object.fromEntries(found) }
}

function constructNative(construct) {
  try {
    return construct()
  } catch (error) {
    throw invalid(`An option cannot be used: ${error.message}`)
  }
}

module.exports = { constructAdapter }
