'use strict'

const { isDeepStrictEqual } = require('node:util')
const { COMPARE_AND_SET, unmarked } = require('./scripts.js')

/** How often a key is looked at again because it changed before it could be written. */
const ATTEMPTS = 100

/**
 * @typedef {object} Change
 * @property {string | null} expected the JSON text that has to be there, null for none
 * @property {string | null} value the JSON text to write, null to remove the key
 * @property {number} [px] the lifetime, in milliseconds
 */

/**
 * Compare-and-set by a script, in one round trip where the text is the expected one.
 *
 * @param {(script: string, key: string, args: string[]) => Promise<any>} evaluate
 * @param {string} key
 * @param {Change} change
 */
async function byScript(evaluate, key, { expected, value, px }) {
  const written = [value === null ? '0' : '1', value ?? '', px === undefined ? '' : String(px)]
  let seen = expected
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const asked = [seen === null ? '0' : '1', seen ?? '']
    const answer = await evaluate(COMPARE_AND_SET, key, [...asked, ...written])
    if (String(answer) === 'done') return true
    // Another writer, such as RedisStore, may have put the same value into other words.
    const current = unmarked(answer)
    const outcome = decide(current, { expected, value })
    if (outcome !== undefined) return outcome
    seen = current
  }
  return false
}

/**
 * Compare-and-set by WATCH and MULTI.
 *
 * @param {import('./own-connection.js').WatchedConnection} connection on which nobody else is
 * @param {string} key
 * @param {Change} change
 */
async function byTransaction(connection, key, change) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await connection.watch(key)
    const outcome = decide(await connection.get(key), change)
    if (outcome !== undefined) {
      await connection.unwatch()
      return outcome
    }
    if (await connection.write(key, change.value, change.px)) return true
  }
  return false
}

/** What is known without writing: true, it is there already; false, it is not what was expected. */
function decide(current, { expected, value }) {
  if (value !== null && isSame(current, value)) return true
  return isSame(current, expected) ? undefined : false
}

/** Whether two JSON texts, or none, are one value. */
function isSame(one, other) {
  if (one === other) return true
  if (one === null || other === null) return false
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other))
  } catch {
    // A text that is no JSON is not ours.
    return false
  }
}

module.exports = { byScript, byTransaction }
