'use strict'

const { ChatBotKitContactAdapter } = require('./lib/adapter/contact-adapter.js')
const { ChatBotKitPartnerAdapter } = require('./lib/adapter/partner-adapter.js')
const { ChatBotKitEmailProvider } = require('./lib/email-provider.js')
const { ChatBotKitError } = require('./lib/error.js')
const { KVStore } = require('./lib/stores/kv-store.js')
const { MemoryStore } = require('./lib/stores/memory-store.js')
const { RedisStore } = require('./lib/stores/redis-store.js')
const { Store } = require('./lib/stores/store.js')

// The name of the same adapter in the API's newer generation.
const ChatBotKitUserAdapter = ChatBotKitPartnerAdapter

// Names that can be seen without running this file: `import { … }` finds them.
module.exports = {
  ChatBotKitContactAdapter,
  ChatBotKitPartnerAdapter,
  ChatBotKitUserAdapter,
  ChatBotKitEmailProvider,
  ChatBotKitError,
  KVStore,
  MemoryStore,
  RedisStore,
  Store,
}
