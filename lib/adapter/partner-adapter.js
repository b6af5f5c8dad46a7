'use strict'

const { NativeAdapter } = require('../native/binary.js')
const { handled } = require('../handled.js')
const { invalid } = require('../option-checks.js')
const { resolveStore } = require('../stores/resolve.js')
const read = require('./arguments.js')
const { callsOf } = require('./calls.js')
const { checkOptions, nativeOptions } = require('./options.js')
const {
  same,
  toExpiring,
  toNothing,
  toOptional,
  toSessionAndUser,
  toUser,
} = require('./results.js')

/** The methods of NextAuth's adapter interface: how each reads its arguments, and what it makes of what was found. */
const METHODS = {
  createUser: [read.user, toUser],
  getUser: [read.text('id'), toUser],
  getUserByEmail: [read.text('email'), toUser],
  updateUser: [read.userChanges, toUser],
  deleteUser: [read.text('userId'), toNothing],

  getUserByAccount: [read.accountName, toUser],
  linkAccount: [read.account, same],
  unlinkAccount: [read.accountName, toOptional],
  getAccount: [
    (providerAccountId, provider) => read.accountName({ providerAccountId, provider }),
    same,
  ],

  createSession: [read.session, toExpiring],
  getSessionAndUser: [read.sessionToken, toSessionAndUser],
  updateSession: [read.sessionChanges, toExpiring],
  deleteSession: [read.sessionToken, toExpiring],

  createVerificationToken: [read.verificationToken, toExpiring],
  useVerificationToken: [read.presentedToken, toExpiring],

  createAuthenticator: [read.authenticator, same],
  getAuthenticator: [read.text('credentialID'), same],
  listAuthenticatorsByUserId: [read.text('userId'), same],
  updateAuthenticatorCounter: [read.credentialAndCounter, same],
}

/**
 * A NextAuth database adapter whose users are ChatBotKit sub-accounts. index.d.ts documents the
 * options.
 *
 * The adapter is a plain object of own, unbound functions: both versions of NextAuth rebuild it
 * from `Object.keys` and call its methods detached.
 *
 * @param {import('../../index.js').ChatBotKitAdapterOptions} options
 */
function ChatBotKitPartnerAdapter(options) {
  const checked = checkOptions(options)
  const { native: store, beforeCall } = resolveStore(checked.store)
  const { call, close } = callsOf(construct(nativeOptions(checked), store), {
    logger: checked.logger,
    beforeCall,
  })
  const methods = Object.entries(METHODS).map(([operation, [readArguments, convert]]) => [
    operation,
    (...args) => handled(call(operation, readArguments, args, convert)),
  ])
  return { ...Object.fromEntries(methods), close }
}

function construct(options, store) {
  try {
    return new NativeAdapter(options, store)
  } catch (error) {
    throw invalid(`An option cannot be used: ${error.message}`)
  }
}

module.exports = { ChatBotKitPartnerAdapter }
