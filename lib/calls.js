'use strict'

const { channel } = require('node:diagnostics_channel')
const { setImmediate } = require('node:timers')
const { ChatBotKitError } = require('./error.js')
const { report } = require('./logger.js')
const { read } = require('./outcome.js')
const { ask } = require('./outcomes.js')

/**
 * Gets an event for each call of an adapter method when it has ended. docs/observability.md
 * describes it. Nothing is made while nobody listens.
 */
const CALLS = channel('chatbotkit:nextauth:call')

/** Look-ups that pages make many of at the same time. */
const SHARED = new Set(['getUser', 'getUserByEmail', 'getUserByAccount'])

const NOTHING = { apiRequests: 0, storeCalls: 0 }

/** How many calls that change something have ended in this thread. */
let changes = 0

/**
 * The calls of one adapter: told to whoever listens, and waited for when it closes.
 *
 * @param {object} native the native adapter
 * @param {object | undefined} logger
 */
function callsOf(native, logger) {
  const pending = new Set()
  const asked = new Map()
  let closed = false

  /**
   * The outcome of a look-up. Callers who ask the same thing in one turn of the event loop share
   * it: none of them can have learned of anything that the others have not. `isFirst` is whose
   * cost it is.
   */
  function share(operation, text) {
    const key = `${changes} ${operation} ${text}`
    const shared = asked.get(key)
    // A copy for each, made before the first one gets to see what it could change.
    if (shared) return { promise: shared.then(structuredClone), isFirst: false }
    if (asked.size === 0) setImmediate(() => asked.clear())
    const promise = ask(native, operation, text)
    asked.set(key, promise)
    return { promise, isFirst: true, settled: () => asked.delete(key) }
  }

  /** Calls a native method with a JSON text or an id. */
  async function call(operation, text) {
    if (closed) {
      throw new ChatBotKitError('ERR_CLOSED', `${operation} failed: the adapter is closed`, {
        operation,
      })
    }
    const began = performance.now()
    const { promise, isFirst, settled } = SHARED.has(operation)
      ? share(operation, text)
      : { promise: ask(native, operation, text), isFirst: true }
    pending.add(promise)
    try {
      const answer = await promise
      settled?.()
      const outcome = read(operation, answer)
      const { ok, error } = outcome
      const cost = isFirst ? outcome.cost : NOTHING
      if (logger || CALLS.hasSubscribers) {
        const event = describe(operation, ok, error, cost, performance.now() - began)
        if (CALLS.hasSubscribers) CALLS.publish(event)
        if (logger) report(logger, event, error)
      }
      if (error) throw error
      return ok
    } finally {
      pending.delete(promise)
      if (!SHARED.has(operation)) changes += 1
    }
  }

  /** Refuses calls from now on, waits for those that are under way, and ends the connections. */
  async function close() {
    closed = true
    await Promise.allSettled(pending)
    native.close()
  }

  return { call, close }
}

function describe(operation, ok, error, { apiRequests, storeCalls, notices = [] }, duration) {
  const outcome = error ? 'error' : ok === null ? 'empty' : 'ok'
  const event = { operation, outcome, duration, apiRequests, storeCalls, notices }
  return error ? { ...event, code: error.code, retryable: error.retryable } : event
}

module.exports = { callsOf }
