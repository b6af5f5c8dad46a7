'use strict'

const { invalid } = require('../../option-checks.js')
const { Store } = require('../store.js')
const { kindOf, known, lookAlike } = require('./unknown.js')

/**
 * A family of clients.
 *
 * @typedef {object} Family
 * @property {string} name for messages, with its article
 * @property {(client: any) => boolean} recognises by what the client can do: it is of the
 *   application's own copy of its library, in any version, so no class can be asked
 * @property {(client: any) => import('../store.js').Store} wrap connects nothing
 * @throws ChatBotKitError with code ERR_INVALID_OPTION, by `wrap`, when the client is closed
 */

/** @type {Family[]} the first one first: to look at the client of @vercel/kv may throw */
const FAMILIES = [
  require('./upstash.js'),
  require('./ioredis.js'),
  require('./node-redis.js'),
  require('./keyv.js'),
  require('./unstorage.js'),
]

const REQUIRED = ['get', 'set', 'del']

const CHOICE =
  'a MemoryStore, a SqliteStore, a RedisStore, a PostgresStore, a KVStore, an object that extends Store, a client of ioredis, redis (4 or newer), @upstash/redis or @vercel/kv, or an instance of Keyv or unstorage'

/**
 * `value`, which the application passed as its store, as one. A Store is taken at its word; whatever
 * else was passed is looked at.
 *
 * @param {any} value
 * @throws ChatBotKitError with code ERR_INVALID_OPTION, when it is none
 */
function storeOver(value) {
  try {
    if (value instanceof Store) return value
    return FAMILIES.find((family) => family.recognises(value))?.wrap(value) ?? checked(value)
  } catch (cause) {
    if (cause?.code === 'ERR_INVALID_OPTION') throw cause
    throw invalid('The option "store" cannot be looked at', { cause })
  }
}

/** An application's own store. */
function checked(store) {
  const missing = REQUIRED.find((method) => typeof store[method] !== 'function')
  const found = missing ? known(store) : lookAlike(store)
  if (!missing && !found) return store
  const why = missing ? `it has no method ${missing}()` : 'its methods take other arguments'
  const what = found?.what ?? kindOf(store)
  throw invalid(
    `The option "store" is ${what}, which is no store: ${why}. Pass ${found?.instead ?? CHOICE}`,
  )
}

module.exports = { storeOver }
