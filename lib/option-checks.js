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

/** A check of an object with members of its own. */
function members(checks) {
  return (value) => {
    if (typeof value !== 'object' || value === null) return 'an object of options'
    for (const [name, member] of Object.entries(value)) {
      if (!Object.hasOwn(checks, name)) {
        return `an object of ${Object.keys(checks).join(', ')}, and "${name}" is none of them`
      }
      const wanted = member === undefined ? undefined : checks[name](member)
      if (wanted) return `an object whose "${name}" is ${wanted}`
    }
  }
}

/**
 * A copy of the options, each read once. Refuses unknown ones and wrong types at once, by name. The
 * value is never quoted: it may be a secret.
 *
 * @param {string} whose for the message
 * @param {Record<string, (value: unknown) => string | undefined>} checks
 * @param {unknown} options
 */
function readOptions(whose, checks, options) {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`${whose} needs an object of options`)
  }
  const read = readable(whose, () => ({ ...options }))
  for (const [name, value] of Object.entries(read)) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks).join(', ')
      throw invalid(`${whose} has no option "${name}". There are: ${known}`)
    }
    const wanted = value === undefined ? undefined : readable(whose, () => checks[name](value))
    if (wanted) throw invalid(`The option "${name}" of ${whose} has to be ${wanted}`)
  }
  return read
}

/** What `look` sees in options. A getter or a proxy that throws makes them unreadable. */
function readable(whose, look) {
  try {
    return look()
  } catch (cause) {
    throw invalid(`The options of ${whose} cannot be read`, { cause })
  }
}

function invalid(message, details) {
  return new ChatBotKitError('ERR_INVALID_OPTION', message, details)
}

module.exports = {
  flag,
  integer,
  invalid,
  keyPrefix,
  members,
  oneOf,
  optional,
  readOptions,
  readable,
  text,
  texts,
}
