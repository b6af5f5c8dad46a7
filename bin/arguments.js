'use strict'

const { parseArgs } = require('node:util')

/** What somebody typed makes no command. */
class UsageError extends Error {}

/**
 * The options of a command.
 *
 * @param {string[]} args
 * @param {import('node:util').ParseArgsOptionsConfig} options
 */
function readOptions(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(wordsOf(error))
  }
}

/** Node goes on with advice, about `--` for one, that fits no option here. */
function wordsOf({ code, message }) {
  const option = /'(-[^ ']+)/.exec(message)?.[1]
  const isAmbiguous = code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' && /ambiguous/.test(message)
  if (isAmbiguous) return `${option} needs a value that does not begin with "-"`
  return message.split(/\. |\.?\n/)[0]
}

function wholeNumber(name, text, highest) {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > highest) {
    throw new UsageError(`${name} must be a whole number up to ${highest}: ${text}`)
  }
  return number
}

function limit(name, text) {
  return text === undefined ? undefined : wholeNumber(name, text, Number.MAX_SAFE_INTEGER)
}

module.exports = { UsageError, limit, readOptions, wholeNumber }
