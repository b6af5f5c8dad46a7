'use strict'

const { setImmediate } = require('node:timers')

// What JavaScript stores threw, while the error that it caused is on its way through the native
// code. Only a number crosses; the value itself never leaves this thread.

/** How many thrown values wait at most; one whose error nobody took is forgotten first. */
const CAUSES_LIMIT = 1_000

const causes = new Map()
let latest = 0

/** Keeps a thrown value and returns its number. */
function keepCause(thrown) {
  latest = (latest + 1) % 0xffff_ffff
  causes.set(latest, thrown)
  if (causes.size > CAUSES_LIMIT) causes.delete(causes.keys().next().value)
  return latest
}

/**
 * `{ cause }` of a kept value, or `{}`. It is forgotten a moment later: callers who share a failed
 * look-up take it one after the other.
 */
function takeCause(number) {
  if (!causes.has(number)) return {}
  setImmediate(() => causes.delete(number))
  return { cause: causes.get(number) }
}

module.exports = { keepCause, takeCause }
