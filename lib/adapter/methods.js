'use strict'

const { channel } = require('node:diagnostics_channel')
const { readArguments } = require('../arguments.js')
const { ChatBotKitError } = require('../error.js')
const { handled } = require('../handled.js')
const { adapter: native } = require('../native/binary.js')
const { call: callNative, errorOf } = require('../native/call.js')
const read = require('./arguments.js')
const { report } = require('./logger.js')
const {
  toAdmission,
  toAdmissions,
  toDevices,
  toExpiring,
  toNothing,
  toOptional,
  toSessionAndUser,
  toUser,
} = require('./results.js')

/**
 * NextAuth's adapter interface: how each method reads its arguments, and how its result is converted.
 *
 * @param {string[]} userFields
 * @param {unknown} newUser what new users get beside what NextAuth knows of them
 */
function methodTable(userFields, newUser) {
  const user = toUser(userFields)
  return {
    createUser: [read.newUser(userFields, newUser), user],
    getUser: [read.text('id'), user],
    getUserByEmail: [read.text('email'), user],
    updateUser: [read.userChanges(userFields), user],
    deleteUser: [read.text('userId'), toNothing],

    getUserByAccount: [read.accountName, user],
    linkAccount: [read.account],
    unlinkAccount: [read.accountName, toOptional],
    getAccount: [
      (providerAccountId, provider) => read.accountName({ providerAccountId, provider }),
    ],

    createSession: [read.session, toExpiring],
    getSessionAndUser: [read.sessionToken, toSessionAndUser(userFields)],
    updateSession: [read.sessionChanges, toExpiring],
    deleteSession: [read.sessionToken, toExpiring],

    listSessions: [read.userAndToken, toDevices],
    revokeSession: [read.userAndSession],
    revokeOtherSessions: [read.userAndCurrentToken],
    createApiSession: [read.apiSession, toExpiring],

    createVerificationToken: [read.verificationToken, toExpiring],
    useVerificationToken: [read.presentedToken, toExpiring],

    createAuthenticator: [read.authenticator],
    getAuthenticator: [read.text('credentialID')],
    listAuthenticatorsByUserId: [read.text('userId')],
    updateAuthenticatorCounter: [read.credentialAndCounter],
  }
}

/**
 * What the adapter offers beside that, to those who run the application.
 *
 * @param {string[]} userFields
 */
function extensionTable(userFields) {
  const user = toUser(userFields)
  const nothing = () => []
  return {
    invite: [read.invitation, toAdmission],
    listInvitations: [nothing, toAdmissions],
    withdraw: [read.text('email'), toAdmission],
    listRequests: [nothing, toAdmissions],
    approve: [read.approval, user],
    reject: [read.text('email'), toAdmission],
    admission: [read.user([])],
    setLimits: [read.limits, user],
  }
}

/** The names of all methods: adapters that nobody calls need no more. */
const OPERATIONS = Object.keys({ ...methodTable([]), ...extensionTable([]) })

/**
 * Publishes an event for each adapter call that has ended. docs/observability.md describes it. No event
 * is made while nobody listens.
 */
const CALLS = channel('chatbotkit:nextauth:call')

/**
 * The methods of one adapter. Calls are reported to the logger and to subscribers; `close()` waits for
 * them.
 *
 * They are own, unbound functions of a plain object: both versions of NextAuth rebuild an adapter from
 * `Object.keys` and call its methods detached.
 *
 * @param {{ open: () => { adapter: import('../../native.js').NativeAdapter, beforeCall: () => void },
 *   close: () => void }} native `open` is asked by each call, and makes the adapter for the first
 * @param {{ logger?: object, userFields?: string[] }} options
 */
function methodsOf({ open, close: closeNative }, { logger, userFields = [], newUser }) {
  let table
  let pending = 0
  let closed = false
  let idle
  let isIdle

  /** Whether a call that begins now is reported to anybody. */
  const hasListeners = () => logger !== undefined || CALLS.hasSubscribers

  /**
   * Calls a native function. The only function between a caller and the native code that waits:
   * each one that does costs Node's thread a promise and a microtask.
   *
   * @param {string} operation the method
   * @param {unknown[]} args the caller's arguments
   */
  async function call(operation, args) {
    table ??= { ...methodTable(userFields, newUser), ...extensionTable(userFields) }
    const [readThem, convert = same] = table[operation]
    const nativeArguments = readArguments(operation, readThem, args)
    if (nativeArguments === null) return null
    if (closed) {
      throw new ChatBotKitError('ERR_CLOSED', `${operation} failed: the adapter is closed`, {
        operation,
      })
    }
    const { adapter, beforeCall } = open()
    beforeCall()
    const began = hasListeners() ? performance.now() : undefined
    pending += 1
    try {
      const outcome = await callNative(native[operation], adapter, ...nativeArguments)
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
    closeNative()
  }

  const methods = OPERATIONS.map((operation) => [
    operation,
    (...args) => handled(call(operation, args)),
  ])
  return { ...Object.fromEntries(methods), close: () => handled(close()) }
}

function describe(operation, { ok, apiRequests, storeCalls, notices = [] }, error, duration) {
  const outcome = error ? 'error' : ok === null ? 'empty' : 'ok'
  const event = { operation, outcome, duration, apiRequests, storeCalls, notices }
  return error ? { ...event, code: error.code, retryable: error.retryable } : event
}

function same(found) {
  return found
}

module.exports = { methodsOf }
