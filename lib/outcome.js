'use strict'

const { takeCause } = require('./causes.js')
const { ChatBotKitError } = require('./error.js')

/**
 * The error that the native code ended with, if any. It is made here because one made in JavaScript
 * has the caller's whole stack.
 *
 * @param {string} operation the adapter method
 * @param {object} outcome `{ ok, apiRequests, storeCalls, more }` of lib/waiting.js
 */
function errorOf(operation, { more }) {
  if (!more?.err) return undefined
  const { code, message, cause, ...details } = more.err
  const thrown = cause === undefined ? {} : takeCause(cause)
  return new ChatBotKitError(code, `${operation} failed: ${message}`, {
    ...details,
    ...thrown,
    operation,
  })
}

/** The value of an outcome; throws its error. */
function unwrap(operation, outcome) {
  const error = errorOf(operation, outcome)
  if (error) throw error
  return outcome.ok
}

module.exports = { errorOf, unwrap }
