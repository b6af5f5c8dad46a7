'use strict'

const { channel } = require('node:diagnostics_channel')
const { setImmediate } = require('node:timers')
const { json } = require('./arguments.js')
const { ChatBotKitError } = require('./error.js')
const { report } = require('./logger.js')
const { errorOf } = require('./outcome.js')
const { ask } = require('./outcomes.js')

/**
 * Gets an event for each call of an adapter method when it has ended. docs/observability.md
 * describes it. Nothing is made while nobody listens.
 */
const CALLS = channel('chatbotkit:nextauth:call')

/** Look-ups that pages make many of at the same time. */
const SHARED = new Set(['getUser', 'getUserByEmail', 'getUserByAccount'])

const NOTHING = { apiRequests: 0, storeCalls: 0, more: null }

/** How many calls that change something have ended in this thread. */
let changes = 0

/**
 * The calls of one adapter: told to whoever listens, and waited for when it closes.
 *
 * @param {object} native the native adapter
 * @param {object | undefined} logger
 * @param {() => void} beforeCall
 */
function callsOf(native, logger, beforeCall) {
  /** Look-ups of this turn of the event loop, by what was asked. */
  const asked = new Map()
  let underWay = 0
  let closed = false
  let idle
  let isIdle

  /** Whether anybody hears of a call that begins now. */
  const isHeard = () => logger !== undefined || CALLS.hasSubscribers

  /**
   * A look-up and the promise of its outcome. Callers who ask the same thing in one turn of the event
   * loop share it: none of them can have learned of anything that the others have not. `isFirst` is
   * whose cost it is.
   */
  function share(operation, text) {
    const shared = asked.get(text)
    if (shared?.operation === operation && shared.changes === changes) {
      // A copy for each, made before the first one gets to see what it could change.
      return { promise: shared.promise.then(structuredClone), isFirst: false }
    }
    if (asked.size === 0) setImmediate(() => asked.clear())
    const promise = ask(native, operation, text)
    asked.set(text, { operation, changes, promise })
    return { promise, isFirst: true }
  }

  /**
   * Calls a native method. The only function between a caller and the native code that waits: each
   * one that does costs Node's thread a promise and a turn.
   *
   * @param {string} operation the method
   * @param {(operation: string) => unknown} read checks the caller's argument and returns a text or
   *   what becomes JSON; null is nothing that could be found
   * @param {(ok: any) => unknown} convert turns what the native code found into what the caller gets
   */
  async function call(operation, read, convert) {
    const value = read(operation)
    if (value === null) return null
    beforeCall()
    const text = typeof value === 'string' ? value : json(operation, value)
    if (closed) {
      throw new ChatBotKitError('ERR_CLOSED', `${operation} failed: the adapter is closed`, {
        operation,
      })
    }
    const began = isHeard() ? performance.now() : undefined
    const isShared = SHARED.has(operation)
    const { promise, isFirst } = isShared
      ? share(operation, text)
      : { promise: ask(native, operation, text), isFirst: true }
    underWay += 1
    try {
      const outcome = await promise
      if (isShared && asked.get(text)?.promise === promise) asked.delete(text)
      const error = errorOf(operation, outcome)
      if (began !== undefined) {
        const cost = isFirst ? outcome : NOTHING
        const event = describe(operation, outcome.ok, error, cost, performance.now() - began)
        if (logger) report(logger, event, error)
        if (CALLS.hasSubscribers) CALLS.publish(event)
      }
      if (error) throw error
      return convert(outcome.ok)
    } finally {
      if (!isShared) changes += 1
      underWay -= 1
      if (underWay === 0) isIdle?.()
    }
  }

  /** Refuses calls from now on, waits for those that are under way, and ends the connections. */
  async function close() {
    closed = true
    if (underWay > 0) {
      idle ??= new Promise((resolve) => {
        isIdle = resolve
      })
      await idle
    }
    native.close()
  }

  return { call, close }
}

function describe(operation, ok, error, { apiRequests, storeCalls, more }, duration) {
  const outcome = error ? 'error' : ok === null ? 'empty' : 'ok'
  const event = {
    operation,
    outcome,
    duration,
    apiRequests,
    storeCalls,
    notices: more?.notices ?? [],
  }
  return error ? { ...event, code: error.code, retryable: error.retryable } : event
}

module.exports = { callsOf }
