'use strict'

const { ChatBotKitError } = require('./error.js')

// A check takes a value and returns what it has to be, or undefined when it is that.

/** Secrets and addresses come from the environment, where `next build` does not have them. */
function optional(check) {
  return (value) => (value === null ? undefined : check(value))
}

function text(value) {
  return typeof value === 'string' ? undefined : 'a string'
}

function texts(value) {
  const isList = Array.isArray(value) && value.length > 0 && value.every((it) => !text(it))
  return isList ? undefined : 'an array of strings'
}

function flag(value) {
  return typeof value === 'boolean' ? undefined : 'true or false'
}

function oneOf(...choices) {
  return (value) =>
    choices.includes(value) ? undefined : choices.map((choice) => `"${choice}"`).join(' or ')
}

function integer(least, most, unit = '') {
  return (value) =>
    Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `a whole number${unit && ` of ${unit}`} from ${least} to ${most}`
}

function keyPrefix(value) {
  return typeof value === 'string' && /^[\x21-\x7e]{0,128}$/.test(value)
    ? undefined
    : 'a string of at most 128 printable ASCII characters without spaces'
}

/**
 * Refuses unknown options and wrong types at once, by name. The value is never quoted: it may be
 * a secret.
 *
 * @param {string} whose for the message
 * @param {Record<string, (value: unknown) => string | undefined>} checks
 * @param {unknown} options
 */
function check(whose, checks, options) {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`${whose} needs an object of options`)
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks).join(', ')
      throw invalid(`${whose} has no option "${name}". There are: ${known}`)
    }
    const wanted = value === undefined ? undefined : checks[name](value)
    if (wanted) throw invalid(`The option "${name}" of ${whose} has to be ${wanted}`)
  }
}

function invalid(message) {
  return new ChatBotKitError('ERR_INVALID_OPTION', message)
}

module.exports = { check, flag, integer, invalid, keyPrefix, oneOf, optional, text, texts }
