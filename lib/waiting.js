'use strict'

const { clearInterval, setInterval } = require('node:timers')

/** How often Node wakes up for nothing while a call is under way, in milliseconds: about never. */
const NEVER = 2 ** 31 - 1

/** How many members an outcome has in what `settle` gets, with its ticket. */
const MEMBERS = 5

/**
 * The callers of native methods, each waiting for its outcome. Nothing here knows the native code,
 * which holds on to `settle` for as long as it lives itself.
 */
function waitingCalls() {
  /** Who waits, by tickets, and the tickets that are free again: each is handed in once. */
  const waiting = []
  const free = []
  let alive

  /** Calls a native method under a ticket, and promises its outcome. */
  function call(native, operation, args) {
    let settled
    const promise = new Promise((resolve) => {
      settled = resolve
    })
    const ticket = free.at(-1) ?? waiting.length
    native[operation](ticket, ...args)
    // It threw nothing, so the ticket is taken.
    waiting[ticket] = settled
    free.pop()
    // Calls keep the process alive.
    if (free.length === waiting.length - 1) alive = setInterval(nothing, NEVER)
    return promise
  }

  /**
   * @param {string} text a JSON array: a ticket, what came of its call (the value, how many API
   *   requests and store calls it took, and an object or null for what is rarely there), another
   *   ticket, and so on
   */
  function settle(text) {
    const members = JSON.parse(text)
    for (let at = 0; at < members.length; at += MEMBERS) {
      const ticket = members[at]
      const resolve = waiting[ticket]
      waiting[ticket] = undefined
      free.push(ticket)
      resolve({
        ok: members[at + 1],
        apiRequests: members[at + 2],
        storeCalls: members[at + 3],
        more: members[at + 4],
      })
    }
    if (free.length === waiting.length) clearInterval(alive)
  }

  return { call, settle }
}

function nothing() {}

module.exports = { waitingCalls }
