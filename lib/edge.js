'use strict'

const { approval } = require('./approval.js')
const { codeMail } = require('./code-mail.js')
const { emailConfig } = require('./email-config.js')
const { ChatBotKitError } = require('./error.js')
const { handled } = require('./handled.js')
const { Store } = require('./stores/store.js')

// What bundlers for browsers and for edge runtimes get instead of index.js: the same names, made the
// same way, none of which does anything. So a page can read `pages` of a configuration, and middleware
// can check a session that is in a cookie; what needs the binary is refused when it is called. A binary
// is loaded by Node only, and nothing here is for browsers.

const METHODS = [
  ...['createUser', 'getUser', 'getUserByEmail', 'updateUser', 'deleteUser'],
  ...['getUserByAccount', 'linkAccount', 'unlinkAccount', 'getAccount'],
  ...['createSession', 'getSessionAndUser', 'updateSession', 'deleteSession'],
  ...['listSessions', 'revokeSession', 'revokeOtherSessions'],
  ...['createApiSession', 'clientOptions'],
  ...['createVerificationToken', 'useVerificationToken'],
  ...['createAuthenticator', 'getAuthenticator', 'listAuthenticatorsByUserId'],
  ...['updateAuthenticatorCounter', 'close'],
  ...['admission', 'invite', 'listInvitations', 'withdraw', 'listRequests', 'approve', 'reject'],
  'setLimits',
]

function refusal(operation) {
  const what = `${operation} failed: it needs the Node.js runtime, because @chatbotkit/nextauth is a native addon, which no edge runtime and no browser can load`
  return new ChatBotKitError('ERR_RUNTIME', `${what}. ${advice()}`, { operation })
}

function advice() {
  // Jest's jsdom environment asks packages for what they have for browsers.
  if (/jsdom/i.test(globalThis.navigator?.userAgent ?? '')) return IN_JSDOM
  return typeof globalThis.document === 'object' ? IN_BROWSERS : IN_EDGE_RUNTIMES
}

const IN_JSDOM =
  "This is a test in jsdom: write testEnvironment: 'node' into Jest's configuration, or @jest-environment node into the test's first comment"

const IN_BROWSERS = 'Call it on the server, and let the page ask the server'

const IN_EDGE_RUNTIMES =
  'In Next.js, remove the line that sets "runtime" to "edge" from the route or the page: without it they run in Node.js. Middleware runs in Node.js as proxy.js (from Next.js 16 on); as middleware.js it can check sessions whose strategy is "jwt", which need no adapter'

/** A function that is refused by its promise, as it fails in Node. */
function refused(operation) {
  return () => handled(Promise.reject(refusal(operation)))
}

/** NextAuth looks at the names of the methods alone, until it calls one. */
function inertAdapter() {
  return Object.fromEntries(METHODS.map((operation) => [operation, refused(operation)]))
}

class InertStore extends Store {
  get() {
    return refused('get')()
  }

  set() {
    return refused('set')()
  }

  del() {
    return refused('del')()
  }

  compareAndSet() {
    return refused('compareAndSet')()
  }
}

class MemoryStore extends InertStore {
  static shared() {
    return new MemoryStore()
  }

  get size() {
    return 0
  }

  clear() {
    throw refusal('clear')
  }
}

class ServerStore extends InertStore {
  ping() {
    return refused('ping')()
  }

  close() {
    return refused('close')()
  }
}

class RedisStore extends ServerStore {}

class KVStore extends ServerStore {}

class SqliteStore extends ServerStore {}

class PostgresStore extends ServerStore {}

function ChatBotKitEmailProvider({ codeLength: _, alphabet: __, ...options } = {}) {
  return emailConfig(options, {
    generateVerificationToken: refused('generateVerificationToken'),
    sendVerificationRequest: refused('sendVerificationRequest'),
  })
}

module.exports = {
  approval,
  ChatBotKitPartnerAdapter: inertAdapter,
  ChatBotKitUserAdapter: inertAdapter,
  ChatBotKitContactAdapter: inertAdapter,
  ChatBotKitEmailProvider,
  ChatBotKitContactEmailProvider: ChatBotKitEmailProvider,
  ChatBotKitError,
  codeMail,
  KVStore,
  MemoryStore,
  ContactMemoryStore: MemoryStore,
  PostgresStore,
  RedisStore,
  SqliteStore,
  Store,
  ContactStore: Store,
  // What it would guard is refused by the adapter.
  protect: (handlers) => handlers,
  storeFrom: () => new ServerStore(),
}
