'use strict'

const argument = require('./arguments.js')
const { callsOf } = require('./calls.js')
const { NativeAdapter } = require('./native.js')
const { invalid } = require('./option-checks.js')
const { outcomes } = require('./outcomes.js')
const { checkOptions, nativeOptions } = require('./options.js')
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

  const { call: send, close } = callsOf(native, checked.logger)

  /** Calls a method of the native adapter. Records cross as JSON. */
  const call = async (operation, value) => {
    beforeCall()
    return send(operation, typeof value === 'string' ? value : argument.json(operation, value))
  }

  return {
    async createUser(user) {
      return toUser(await call('createUser', argument.user('createUser', user)))
    },

    async getUser(id) {
      return toUser(await call('getUser', argument.identifier('getUser', 'id', id)))
    },

    async getUserByEmail(email) {
      const address = argument.identifier('getUserByEmail', 'email', email)
      return toUser(await call('getUserByEmail', address))
    },

    async updateUser(user) {
      return toUser(await call('updateUser', argument.userChanges('updateUser', user)))
    },

    async deleteUser(userId) {
      await call('deleteUser', argument.identifier('deleteUser', 'userId', userId))
    },

    async getUserByAccount(account) {
      return toUser(await call('getUserByAccount', argument.account('getUserByAccount', account)))
    },

    async linkAccount(account) {
      return call('linkAccount', argument.record('linkAccount', 'the account', account))
    },

    async unlinkAccount(account) {
      const name = argument.account('unlinkAccount', account)
      return (await call('unlinkAccount', name)) ?? undefined
    },

    async getAccount(providerAccountId, provider) {
      const name = argument.account('getAccount', { providerAccountId, provider })
      return call('getAccount', name)
    },

    async createSession(session) {
      return toSession(await call('createSession', argument.session('createSession', session)))
    },

    async getSessionAndUser(sessionToken) {
      const token = argument.token(sessionToken)
      const found = token && (await call('getSessionAndUser', token))
      return found ? { session: toSession(found.session), user: toUser(found.user) } : null
    },

    async updateSession(session) {
      const changes = argument.sessionChanges('updateSession', session)
      return toSession(await call('updateSession', changes))
    },

    async deleteSession(sessionToken) {
      const token = argument.token(sessionToken)
      return token && toSession(await call('deleteSession', token))
    },

    async createVerificationToken(verificationToken) {
      const token = argument.verificationToken('createVerificationToken', verificationToken)
      return toToken(await call('createVerificationToken', token))
    },

    async useVerificationToken(params) {
      const presented = argument.presentedToken(params)
      return presented && toToken(await call('useVerificationToken', presented))
    },

    async createAuthenticator(authenticator) {
      const record = argument.record('createAuthenticator', 'the authenticator', authenticator)
      return call('createAuthenticator', record)
    },

    async getAuthenticator(credentialID) {
      return call(
        'getAuthenticator',
        argument.identifier('getAuthenticator', 'credentialID', credentialID),
      )
    },

    async listAuthenticatorsByUserId(userId) {
      const id = argument.identifier('listAuthenticatorsByUserId', 'userId', userId)
      return call('listAuthenticatorsByUserId', id)
    },

    async updateAuthenticatorCounter(credentialID, newCounter) {
      const operation = 'updateAuthenticatorCounter'
      const id = argument.identifier(operation, 'credentialID', credentialID)
      return call(operation, [id, argument.counter(operation, newCounter)])
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

function toUser(user) {
  if (user === null) return null
  const { emailVerified } = user
  return { ...user, emailVerified: emailVerified === null ? null : new Date(emailVerified) }
}

/** A session, or anything else whose `expires` is a time. */
function toSession(session) {
  return session === null ? null : { ...session, expires: new Date(session.expires) }
}

const toToken = toSession

module.exports = { ChatBotKitPartnerAdapter }
