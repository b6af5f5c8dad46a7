'use strict'

const { takeCause } = require('./causes.js')
const { ChatBotKitError } = require('./error.js')

/**
 * The value of an outcome that the native code resolved with, or its error. The error is made
 * here because one made in JavaScript has the caller's whole stack.
 *
 * @param {string} operation the adapter method
 * @param {object} outcome `{ ok, cost }` or `{ err, cost }`
 */
function read(operation, { ok, err, cost }) {
  if (!err) return { ok, cost }
  const { code, message, cause, ...details } = err
  const thrown = cause === undefined ? {} : takeCause(cause)
  const error = new ChatBotKitError(code, `${operation} failed: ${message}`, {
    ...details,
    ...thrown,
    operation,
  })
  return { error, cost }
}

/** The value of an outcome; throws its error. */
function unwrap(operation, outcome) {
  const { ok, error } = read(operation, outcome)
  if (error) throw error
  return ok
}

module.exports = { read, unwrap }
