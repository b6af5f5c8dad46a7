'use strict'

const { clearInterval, setInterval } = require('node:timers')

/** How often Node wakes up for nothing while a call is under way, in milliseconds: about never. */
const NEVER = 2 ** 31 - 1

/**
 * The callers of native methods, each waiting for its outcome. Nothing here knows the native code,
 * which holds on to `settle` for as long as it lives itself.
 */
function waitingCalls() {
  const waiting = new Map()
  let latest = 0
  let alive

  /** Has `begin` start a call under a ticket, and promises its outcome. */
  function call(begin) {
    latest = (latest + 1) % 0xffff_ffff
    const ticket = latest
    begin(ticket)
    // Calls keep the process alive.
    if (waiting.size === 0) alive = setInterval(nothing, NEVER)
    return new Promise((resolve) => {
      waiting.set(ticket, resolve)
    })
  }

  /** @param {string} text a JSON array: a ticket, its outcome, another ticket, and so on */
  function settle(text) {
    const outcomes = JSON.parse(text)
    for (let index = 0; index < outcomes.length; index += 2) {
      const resolve = waiting.get(outcomes[index])
      waiting.delete(outcomes[index])
      resolve(outcomes[index + 1])
    }
    if (waiting.size === 0) clearInterval(alive)
  }

  return { call, settle }
}

function nothing() {}

module.exports = { waitingCalls }
