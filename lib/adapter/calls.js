'use strict'

const { channel } = require('node:diagnostics_channel')
const { readArguments } = require('../arguments.js')
const { ChatBotKitError } = require('../error.js')
const { adapter: native } = require('../native/binary.js')
const { call: callNative, errorOf } = require('../native/call.js')
const { report } = require('./logger.js')

/**
 * Gets an event for each call of an adapter method when it has ended. docs/observability.md
 * describes it. Nothing is made while nobody listens.
 */
const CALLS = channel('chatbotkit:nextauth:call')

/**
 * The calls of one adapter: told to whoever listens, and waited for when it closes.
 *
 * @param {import('../../native.js').NativeAdapter} adapter
 * @param {{ logger?: object, beforeCall: () => void }} options
 */
function callsOf(adapter, { logger, beforeCall }) {
  let pending = 0
  let closed = false
  let idle
  let isIdle

  /** Whether anybody hears of a call that begins now. */
  const isHeard = () => logger !== undefined || CALLS.hasSubscribers

  /**
   * Calls a native function. The only function between a caller and the native code that waits:
   * each one that does costs Node's thread a promise and a turn.
   *
   * @param {string} operation the method
   * @param {(...args: any[]) => unknown[] | null} read turns the caller's arguments into what crosses
   * @param {unknown[]} args the caller's arguments
   * @param {(ok: any) => unknown} convert turns what was found into what the caller gets
   */
  async function call(operation, read, args, convert) {
    const crossing = readArguments(operation, read, args)
    if (crossing === null) return null
    beforeCall()
    if (closed) {
      throw new ChatBotKitError('ERR_CLOSED', `${operation} failed: the adapter is closed`, {
        operation,
      })
    }
    const began = isHeard() ? performance.now() : undefined
    pending += 1
    try {
      const outcome = await callNative(native[operation], adapter, ...crossing)
      const error = errorOf(operation, outcome)
      if (began !== undefined) {
        const event = describe(operation, outcome, error, performance.now() - began)
        if (logger) report(logger, event, error)
        if (CALLS.hasSubscribers) CALLS.publish(event)
      }
      if (error) throw error
      return convert(outcome.ok)
    } finally {
      pending -= 1
      if (pending === 0) isIdle?.()
    }
  }

  /** Refuses calls from now on, waits for those that are under way, and ends the connections. */
  async function close() {
    closed = true
    if (pending > 0) {
      idle ??= new Promise((resolve) => {
        isIdle = resolve
      })
      await idle
    }
    adapter.close()
  }

  return { call, close }
}

function describe(operation, { ok, apiRequests, storeCalls, notices = [] }, error, duration) {
  const outcome = error ? 'error' : ok === null ? 'empty' : 'ok'
  const event = { operation, outcome, duration, apiRequests, storeCalls, notices }
  return error ? { ...event, code: error.code, retryable: error.retryable } : event
}

module.exports = { callsOf }
