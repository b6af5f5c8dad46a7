'use strict'

const { integer, members } = require('../option-checks.js')

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** A window of a day at the most: longer ones belong to the adapter's own counts. */
const LONGEST_WINDOW = 24 * 60 * MINUTE

/** The most that one limit may let through: each is a time in a record that is read whole. */
const LARGEST_MAX = 1_000

/**
 * The limits as they are unless others are given. docs/guard.md says what each is for.
 *
 * @type {Record<string, { max: number, window: number }>}
 */
const DEFAULTS = {
  // Nobody gets more mails than these, however many clients ask.
  codesPerAddress: { max: 5, window: 15 * MINUTE },
  codeInterval: { max: 1, window: 30 * SECOND },
  codesPerClient: { max: 20, window: 15 * MINUTE },
  // Fewer than an address may have: one client cannot use up what its owner needs.
  codesPerClientAndAddress: { max: 3, window: 15 * MINUTE },
  attemptsPerClient: { max: 60, window: 15 * MINUTE },
  // Fewer than `codeAttempts`, within the life of a code: one client cannot void somebody's codes.
  attemptsPerClientAndAddress: { max: 4, window: 10 * MINUTE },
}

const limit = members({
  max: integer(1, LARGEST_MAX),
  window: integer(1, LONGEST_WINDOW, 'milliseconds'),
})

/** A check of lib/option-checks.js. */
const areLimits = members(
  Object.fromEntries(
    Object.keys(DEFAULTS).map((name) => [
      name,
      (value) => (value === false ? undefined : limit(value)),
    ]),
  ),
)

/**
 * What a record is counted by.
 *
 * @typedef {object} Rule
 * @property {string} limit its name
 * @property {number} max how many there may be
 * @property {number} window in how many milliseconds
 * @property {boolean} [byTag] whether only those with the same tag count
 */

/**
 * The rules of each record.
 *
 * @param {Record<string, false | { max?: number, window?: number }>} [given]
 * @returns {Record<string, Rule[]>}
 */
function rulesOf(given = {}) {
  const rule = (name, byTag = false) => {
    const own = given[name]
    return own === false ? [] : [{ limit: name, byTag, ...DEFAULTS[name], ...defined(own) }]
  }
  return {
    codesOfClient: [...rule('codesPerClient'), ...rule('codesPerClientAndAddress', true)],
    codesOfAddress: [...rule('codesPerAddress'), ...rule('codeInterval')],
    attemptsOfClient: [...rule('attemptsPerClient'), ...rule('attemptsPerClientAndAddress', true)],
    // Where no client is known. Fewer would let anybody keep the owner out.
    attemptsAtAddress: rule('attemptsPerClient'),
  }
}

function defined(own = {}) {
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
}

module.exports = { LARGEST_MAX, areLimits, rulesOf }
