'use strict'

const { ChatBotKitError } = require('./error.js')

// Arguments of public methods, checked and turned into what crosses to the native code: texts,
// numbers, and JSON texts of plain data. A lone surrogate cannot cross as text without becoming
// another text, so it is never let through.

/** What is wrong with an argument. */
class Invalid extends Error {
  #brand

  /** Unlike instanceof, asks nothing of what was thrown: a revoked proxy throws when it is asked. */
  static is(thrown) {
    return typeof thrown === 'object' && thrown !== null && #brand in thrown
  }
}

/**
 * The arguments of `operation` as they cross; null when they are nothing that could be found.
 *
 * @param {string} operation
 * @param {(...args: any[]) => unknown[] | null} read throws {@link Invalid}
 * @param {unknown[]} args
 */
function readArguments(operation, read, args) {
  try {
    return read(...args)
  } catch (cause) {
    // A getter, a proxy or a toJSON that throws is a wrong argument.
    const [what, details] = Invalid.is(cause)
      ? [cause.message, { operation }]
      : ['the argument cannot be read', { operation, cause }]
    throw new ChatBotKitError('ERR_INVALID_ARGUMENT', `${operation} failed: ${what}`, details)
  }
}

/** Plain data as the JSON text that crosses. */
function json(value) {
  const text = JSON.stringify(value)
  if (typeof text === 'string') return text
  throw new Invalid('the argument cannot be written as JSON')
}

/** A text that identifies something. */
function identifier(name, value) {
  if (typeof value !== 'string') throw new Invalid(`${name} has to be a string`)
  if (!value.isWellFormed()) throw new Invalid(`${name} is not well-formed Unicode`)
  return value
}

module.exports = { Invalid, identifier, json, readArguments }
