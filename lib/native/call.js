'use strict'

const { ChatBotKitError } = require('../error.js')
const { takeCause } = require('./causes.js')

/**
 * The outcome of a native call, which src/binding/outcome.rs writes.
 *
 * @typedef {object} Outcome
 * @property {any} ok the value; null beside an error
 * @property {object} [err]
 * @property {number} apiRequests
 * @property {number} storeCalls
 * @property {string[]} [notices]
 */

/**
 * Calls an async native function and resolves with its outcome. Never rejects.
 *
 * @param {(...args: any[]) => Promise<string>} native
 * @param {...unknown} args
 * @returns {Promise<Outcome>}
 */
function call(native, ...args) {
  try {
    return native(...args).then(JSON.parse, failedCall)
  } catch {
    // napi-rs could not convert an argument.
    return Promise.resolve(failed('ERR_INVALID_ARGUMENT', 'an argument has a wrong type', false))
  }
}

/** The native code never rejects by itself: napi-rs reports that it did not run, or not to its end. */
function failedCall({ code, message }) {
  const isUnstarted = code === 'QueueFull'
  const what = isUnstarted
    ? `the native code could not be started (${message})`
    : 'the native code dropped the call; please report this'
  return failed('ERR_INTERNAL', what, isUnstarted)
}

function failed(code, message, retryable) {
  return { ok: null, err: { code, message, retryable }, apiRequests: 0, storeCalls: 0 }
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
