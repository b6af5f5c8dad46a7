'use strict'

const { ChatBotKitContactAdapter } = require('./lib/adapter/contact-adapter.js')
const { ChatBotKitPartnerAdapter } = require('./lib/adapter/partner-adapter.js')
const { ChatBotKitEmailProvider } = require('./lib/email-provider.js')
const { ChatBotKitError } = require('./lib/error.js')
const { KVStore } = require('./lib/stores/kv-store.js')
const { MemoryStore } = require('./lib/stores/memory-store.js')
const { PostgresStore } = require('./lib/stores/postgres-store.js')
const { RedisStore } = require('./lib/stores/redis-store.js')
const { SqliteStore } = require('./lib/stores/sqlite-store.js')
const { Store } = require('./lib/stores/store.js')
const { storeFrom } = require('./lib/stores/store-from.js')

// The name of the same adapter in the API's newer generation.
const ChatBotKitUserAdapter = ChatBotKitPartnerAdapter

// The names that the JavaScript package has beside its adapter for contacts.
const ChatBotKitContactEmailProvider = ChatBotKitEmailProvider
const ContactMemoryStore = MemoryStore
const ContactStore = Store

/** Loaded when it is called: of all that have an adapter, few have this in the same process. */
function protect(handlers, options) {
  return require('./lib/guard/protect.js').protect(handlers, options)
}

/** Loaded where people are approved. */
function approval(options) {
  return require('./lib/approval.js').approval(options)
}

/** Loaded by who sends mail, not by who loads a configuration. */
function codeMail(options) {
  return require('./lib/code-mail.js').codeMail(options)
}

// Names that can be seen without running this file: `import { … }` finds them.
module.exports = {
  approval,
  ChatBotKitContactAdapter,
  ChatBotKitPartnerAdapter,
  ChatBotKitUserAdapter,
  ChatBotKitEmailProvider,
  ChatBotKitContactEmailProvider,
  ChatBotKitError,
  codeMail,
  KVStore,
  MemoryStore,
  ContactMemoryStore,
  PostgresStore,
  RedisStore,
  SqliteStore,
  Store,
  ContactStore,
  protect,
  storeFrom,
}
