'use strict'

const argument = require('./arguments.js')
const { callsOf } = require('./calls.js')
const { NativeAdapter } = require('./native.js')
const { invalid } = require('./option-checks.js')
const { outcomes } = require('./outcomes.js')
const { checkOptions, nativeOptions } = require('./options.js')
const { toSessionAndUser, toUser } = require('./rows.js')
const { nativeStore } = require('./stores.js')

/**
 * A NextAuth database adapter whose users are ChatBotKit sub-accounts. index.d.ts documents the
 * options.
 *
 * The adapter is a plain object of own, unbound functions: both versions of NextAuth rebuild it
 * from `Object.keys` and call its methods detached.
 *
 * @param {import('../index.js').ChatBotKitAdapterOptions} options
 */
function ChatBotKitPartnerAdapter(options) {
  const checked = checkOptions(options)
  const { native: store, beforeCall } = nativeStore(checked.store)
  const native = construct(nativeOptions(checked), store)

  const { call, close } = callsOf(native, checked.logger, beforeCall)

  return {
    createUser(user) {
      return call('createUser', (it) => argument.user(it, user), toUser)
    },

    getUser(id) {
      return call('getUser', (it) => argument.identifier(it, 'id', id), toUser)
    },

    getUserByEmail(email) {
      return call('getUserByEmail', (it) => argument.identifier(it, 'email', email), toUser)
    },

    updateUser(user) {
      return call('updateUser', (it) => argument.userChanges(it, user), toUser)
    },

    deleteUser(userId) {
      return call('deleteUser', (it) => argument.identifier(it, 'userId', userId), toNothing)
    },

    getUserByAccount(account) {
      return call('getUserByAccount', (it) => argument.account(it, account), toUser)
    },

    linkAccount(account) {
      return call('linkAccount', (it) => argument.record(it, 'the account', account), same)
    },

    unlinkAccount(account) {
      return call('unlinkAccount', (it) => argument.account(it, account), toOptional)
    },

    getAccount(providerAccountId, provider) {
      return call('getAccount', (it) => argument.account(it, { providerAccountId, provider }), same)
    },

    createSession(session) {
      return call('createSession', (it) => argument.session(it, session), toSession)
    },

    getSessionAndUser(sessionToken) {
      return call('getSessionAndUser', () => argument.token(sessionToken), toSessionAndUser)
    },

    updateSession(session) {
      return call('updateSession', (it) => argument.sessionChanges(it, session), toSession)
    },

    deleteSession(sessionToken) {
      return call('deleteSession', () => argument.token(sessionToken), toSession)
    },

    createVerificationToken(verificationToken) {
      return call(
        'createVerificationToken',
        (it) => argument.verificationToken(it, verificationToken),
        toToken,
      )
    },

    useVerificationToken(params) {
      return call('useVerificationToken', () => argument.presentedToken(params), toToken)
    },

    createAuthenticator(authenticator) {
      return call(
        'createAuthenticator',
        (it) => argument.record(it, 'the authenticator', authenticator),
        same,
      )
    },

    getAuthenticator(credentialID) {
      return call(
        'getAuthenticator',
        (it) => argument.identifier(it, 'credentialID', credentialID),
        same,
      )
    },

    listAuthenticatorsByUserId(userId) {
      return call(
        'listAuthenticatorsByUserId',
        (it) => argument.identifier(it, 'userId', userId),
        same,
      )
    },

    updateAuthenticatorCounter(credentialID, newCounter) {
      return call(
        'updateAuthenticatorCounter',
        (it) => [
          argument.identifier(it, 'credentialID', credentialID),
          argument.counter(it, newCounter),
        ],
        same,
      )
    },

    close,
  }
}

function construct(options, store) {
  try {
    return new NativeAdapter(options, store, outcomes)
  } catch (error) {
    throw invalid(`An option cannot be used: ${error.message}`)
  }
}

/** A session, or anything else whose `expires` is a time. */
function toSession(session) {
  return session === null ? null : { ...session, expires: new Date(session.expires) }
}

const toToken = toSession

/** What was removed; undefined, as the framework has it, when there was nothing. */
function toOptional(found) {
  return found ?? undefined
}

function toNothing() {}

function same(found) {
  return found
}

module.exports = { ChatBotKitPartnerAdapter }
