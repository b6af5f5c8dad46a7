'use strict'

const { isNextBuild } = require('../next-build.js')
const { invalid, readOptions } = require('../option-checks.js')
const { databaseAt, redisAt, schemeOf } = require('./at-address.js')
const { KVStore } = require('./kv-store.js')
const { Store } = require('./store.js')

/**
 * Where hosts and their add-ons put a store's address, in order of preference.
 *
 * @typedef {object} Source
 * @property {string[]} names of variables that belong together, the address first
 * @property {string} takes what the address begins with
 * @property {(...values: string[]) => Store | undefined} make none for an address of something else
 * @property {boolean} [isShared] whether an application may have something else there
 */

/** @type {Source[]} `DATABASE_URL` is last: an application may have a database for other things, too */
const SOURCES = [
  redis('REDIS_URL'),
  rest('KV_REST_API_URL', 'KV_REST_API_TOKEN'),
  rest('UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'),
  redis('KV_URL'),
  {
    names: ['DATABASE_URL'],
    takes: 'postgres:// or file:',
    make: (address) => databaseAt(address, 'DATABASE_URL'),
    isShared: true,
  },
]

function redis(name) {
  const takes = 'redis://, rediss://, valkey:// or unix://'
  return { names: [name], takes, make: (address) => redisAt(address, name) }
}

function rest(...names) {
  const make = (url, token) => (/^https?:/i.test(url) ? new KVStore({ url, token }) : undefined)
  return { names, takes: 'https://', make }
}

const OPTIONS = { fallback: () => undefined }

/** The stores that were made, by variables and their values. */
const shared = new Map()

/**
 * The store that the environment names. In a process the same address gives the same store until that
 * is closed: Next.js evaluates a configuration module several times.
 *
 * @param {Record<string, string | undefined>} [env]
 * @param {import('../../index.js').StoreFromOptions} [options] index.d.ts documents them
 */
function storeFrom(env = process.env, options = {}) {
  const { fallback } = readOptions('storeFrom', OPTIONS, options)
  if (typeof env !== 'object' || env === null) {
    throw invalid('storeFrom needs an object of variables, such as process.env')
  }
  const store = search(env)
  if (store) return store
  if (fallback !== undefined) return fallback
  const error = invalid(
    `storeFrom found no store in the environment. ${searched(env)}\nSet one of them, or pass { fallback: MemoryStore.shared() } for development`,
  )
  if (isNextBuild(env) || isNextBuild()) return new MissingStore(error)
  throw error
}

/** The store of an adapter that is given none. @throws ChatBotKitError with code ERR_INVALID_OPTION */
function storeOfEnvironment() {
  const store = search(process.env)
  if (store) return store
  throw invalid(
    `The option "store" is left out, and the environment names no store. ${searched(process.env)}\nSet one of them, DATABASE_URL=file:./auth.db for development, or pass a store`,
  )
}

/** The first store that is named. */
function search(env) {
  for (const source of SOURCES) {
    const store = storeOf(source, env)
    if (store) return store
  }
}

/** @param {Source} source */
function storeOf({ names, takes, make, isShared }, env) {
  const values = names.map((name) => env[name])
  if (values.every((value) => !value)) return undefined
  const missing = names.filter((name) => !env[name])
  if (missing.length > 0) {
    throw invalid(`storeFrom: ${names.join(' and ')} belong together, and ${missing} is not set`)
  }
  const store = once(JSON.stringify([names, values]), () => make(...values))
  if (store || isShared) return store
  throw invalid(`storeFrom: ${names[0]} has to begin with ${takes}`)
}

/** The store of that key, made if there is none, until it is closed. */
function once(key, make) {
  const store = shared.get(key) ?? make()
  if (!store || shared.has(key)) return store
  const { close } = store
  store.close = () => {
    shared.delete(key)
    return close.call(store)
  }
  shared.set(key, store)
  return store
}

/** What was looked for, and what was found. Of a value its scheme at the most: it may be a secret. */
function searched(env) {
  const looked = SOURCES.map(({ names, takes }) => {
    const value = env[names[0]]
    const found = value ? `it begins with ${schemeOf(value) ?? 'something else'}` : 'not set'
    return `${names.join(' and ')} (${takes}): ${found}`
  })
  return `It looked for\n  ${looked.join('\n  ')}`
}

/** Stands for a store that the environment will name when the application runs. */
class MissingStore extends Store {
  #error

  constructor(error) {
    super()
    this.#error = error
  }

  get() {
    throw this.#error
  }

  set() {
    throw this.#error
  }

  del() {
    throw this.#error
  }

  async ping() {
    throw this.#error
  }

  async close() {}
}

module.exports = { storeFrom, storeOfEnvironment }
