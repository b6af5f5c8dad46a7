'use strict'

const { LARGEST_MAX } = require('./limits.js')

/**
 * A request that was let through: when, in epoch milliseconds, and its tag.
 *
 * @typedef {[number, string]} Hit
 */

/**
 * Whether one more is within all rules; where it is not, which says so for longest, and for how many
 * milliseconds. What was refused is not counted: who goes on asking does not move the end.
 *
 * @param {Hit[]} hits oldest first
 * @param {import('./limits.js').Rule[]} rules
 * @param {string} tag
 * @param {number} now
 * @returns {{ limit: string, wait: number } | undefined}
 */
function refusal(hits, rules, tag, now) {
  const refusals = rules.flatMap(({ limit, max, window, byTag }) => {
    const counted = hits.filter(([at, its]) => at > now - window && (!byTag || its === tag))
    if (counted.length < max) return []
    return [{ limit, wait: counted[counted.length - max][0] + window - now }]
  })
  return refusals.sort((one, other) => other.wait - one.wait)[0]
}

/**
 * The hits in a record that can still count, oldest first. Another server's clock may be ahead: what it
 * wrote counts from now on.
 *
 * @param {unknown} record
 * @param {import('./limits.js').Rule[]} rules
 * @param {number} now
 * @returns {Hit[]}
 */
function hitsIn(record, rules, now) {
  const begin = now - longest(rules)
  const hits = Array.isArray(record?.hits) ? record.hits : []
  return hits
    .filter((hit) => Number.isFinite(hit?.[0]) && hit[0] > begin)
    .map(([at, tag]) => [Math.min(at, now), tag])
    .sort(([one], [other]) => one - other)
    .slice(-LARGEST_MAX)
}

/** The longest window, in milliseconds: how long a record is kept. */
function longest(rules) {
  return Math.max(...rules.map(({ window }) => window))
}

module.exports = { hitsIn, longest, refusal }
