'use strict'

const { channel } = require('node:diagnostics_channel')
const { report } = require('../adapter/logger.js')

/** Publishes an event for each request that is counted. docs/observability.md describes it. */
const EVENTS = channel('chatbotkit:nextauth:guard')

/** Marks, for every copy of this package in the process, which warnings were given. */
const WARNED = Symbol.for('@chatbotkit/nextauth: guard warnings')

const WARNINGS = {
  CHATBOTKIT_GUARD_STORE:
    'protect() lets requests in uncounted, because its store failed. The `logger` option tells why, and the events of docs/observability.md tell how often.',
  CHATBOTKIT_GUARD_CLIENT:
    'protect() cannot know from which client a request comes, and counts by e-mail address only. Say how many proxies stand before the server with `trustedProxies`, or pass `clientAddress`.',
  CHATBOTKIT_GUARD_PROXY:
    'protect() got x-forwarded-for from an address that is not private, and counts that address. If it is a proxy, say how many there are with `trustedProxies`; if there is none, set it to 0.',
}

/** Says once in a process what whoever runs it has to know. */
function warnOnce(code) {
  globalThis[WARNED] ??= new Set()
  const warned = globalThis[WARNED]
  if (warned.has(code)) return
  warned.add(code)
  process.emitWarning(WARNINGS[code], { code })
}

/**
 * Tells a logger and those who listen what became of a request.
 *
 * @param {object | undefined} logger
 * @param {{ action: string, outcome: 'allowed' | 'limited' | 'uncounted' }} what
 * @param {Error} [error] why it was not counted
 */
function tell(logger, what, error) {
  if (error) warnOnce('CHATBOTKIT_GUARD_STORE')
  const event = { operation: 'protect', ...what, notices: [] }
  if (logger) report(logger, event, error)
  if (EVENTS.hasSubscribers) EVENTS.publish(event)
}

module.exports = { tell, warnOnce }
