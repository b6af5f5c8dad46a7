'use strict'

const { ChatBotKitError } = require('../error.js')
const { takeCause } = require('../stores/causes.js')

/**
 * What a native call came to. src/binding/outcome.rs writes it.
 *
 * @typedef {object} Outcome
 * @property {any} ok the value; null beside an error
 * @property {object} [err]
 * @property {number} apiRequests
 * @property {number} storeCalls
 * @property {string[]} [notices]
 */

/**
 * Calls an async native function and resolves with what it came to. Never rejects once the native
 * code has taken the call.
 *
 * @param {(...args: any[]) => Promise<string>} native
 * @param {...unknown} args
 * @returns {Promise<Outcome>}
 */
function call(native, ...args) {
  return native(...args).then(JSON.parse, unanswered)
}

/** The native code never rejects by itself: napi-rs says that it did not run, or not to its end. */
function unanswered({ code, message }) {
  const isUnstarted = code === 'QueueFull'
  const what = isUnstarted
    ? `the native code could not be started (${message})`
    : 'the native code let go of the call; please report this'
  const err = { code: 'ERR_INTERNAL', message: what, retryable: isUnstarted }
  return { ok: null, err, apiRequests: 0, storeCalls: 0 }
}

/**
 * The error that a native call ended with, if any. It is made here because one made in JavaScript
 * has the caller's whole stack, and a code.
 *
 * @param {string} operation the method
 * @param {Outcome} outcome
 */
function errorOf(operation, { err }) {
  if (!err) return undefined
  const { code, message, cause, ...details } = err
  const thrown = cause === undefined ? {} : takeCause(cause)
  return new ChatBotKitError(code, `${operation} failed: ${message}`, {
    ...details,
    ...thrown,
    operation,
  })
}

module.exports = { call, errorOf }
