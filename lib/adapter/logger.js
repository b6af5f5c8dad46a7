'use strict'

const { ChatBotKitError } = require('../error.js')

/** Refusals that the configuration asks for, or that a caller caused. Nothing is broken. */
const EXPECTED = new Set([
  'ERR_APPROVAL_PENDING',
  'ERR_REQUEST_NOT_FOUND',
  'ERR_SESSION_TAKEN',
  'ERR_ACCOUNT_TAKEN',
  'ERR_AUTHENTICATOR_NOT_FOUND',
  'ERR_AUTHENTICATOR_TAKEN',
  'ERR_CREATE_DISABLED',
  'ERR_DELETE_DISABLED',
  'ERR_EMAIL_TAKEN',
  'ERR_INVALID_ARGUMENT',
  'ERR_UPDATE_DISABLED',
  'ERR_USER_NOT_FOUND',
])

/**
 * Tells a logger in NextAuth's shape what came of a call: failures as errors, what an operator may
 * want to know as warnings, and everything else for debugging. Events hold no argument and no
 * result, so there is nothing in them to redact.
 */
function report(logger, event, error) {
  if (error && !EXPECTED.has(error.code) && !isToldAlready(error)) {
    tell(logger, 'error', withoutCause(error))
  }
  for (const notice of event.notices) tell(logger, 'warn', notice)
  tell(logger, 'debug', `chatbotkit:${event.operation}`, { ...event })
}

/** Whether a logger was told that records do not open: after a change of secret, each sign-in meets it. */
let isSealTold = false

function isToldAlready({ code }) {
  if (code !== 'ERR_RECORD_SEALED') return false
  const was = isSealTold
  isSealTold = true
  return was
}

/** A logger that fails, now or later, is ignored: it must not fail a sign-in. */
async function tell(logger, level, ...args) {
  try {
    await logger[level]?.(...args)
  } catch {
    // Nobody is left to be told.
  }
}

/** What a store threw may quote what it was given: database clients put their command into it. */
function withoutCause({ code, message, stack, operation, status, apiCode, retryable }) {
  const error = new ChatBotKitError(code, message, { operation, status, apiCode, retryable })
  error.stack = stack
  return error
}

const METHODS = ['error', 'warn', 'debug']

/** A check of lib/option-checks.js. */
function isLogger(value) {
  const isOne =
    typeof value === 'object' &&
    value !== null &&
    METHODS.every((name) => value[name] === undefined || typeof value[name] === 'function')
  return isOne ? undefined : 'an object with functions error, warn and debug'
}

module.exports = { isLogger, report }
