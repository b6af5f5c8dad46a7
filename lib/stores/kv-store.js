'use strict'

const { NativeStore } = require('../native/binary.js')
const { callTimeout } = require('./call-timeout.js')
const { NativeBackedStore, close, ping } = require('./native-backed-store.js')
const { keyPrefix, optional, readOptions, text } = require('../option-checks.js')

const OPTIONS = {
  url: optional(text),
  token: optional(text),
  keyPrefix,
  connectTimeout: callTimeout,
  timeout: callTimeout,
}

/** Where Vercel and Upstash put a database's address and token, in order of preference. */
const VARIABLES = [
  ['KV_REST_API_URL', 'KV_REST_API_TOKEN'],
  ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
]

/**
 * The address and token of one and the same database, from the environment. Half a pair serves to say
 * which half is missing.
 */
function fromEnvironment() {
  const pairs = VARIABLES.map((names) => names.map((name) => process.env[name] || undefined))
  const [url, token] =
    pairs.find((pair) => pair.every(Boolean)) ?? pairs.find((pair) => pair.some(Boolean)) ?? []
  return { url, token }
}

/** Values in Vercel KV or Upstash, over their REST protocol. */
class KVStore extends NativeBackedStore {
  /** @param {import('../../index.js').KVStoreOptions} [options] index.d.ts documents them */
  constructor(options = {}) {
    const { url, token, ...rest } = readOptions('KVStore', OPTIONS, options)
    const given = url || token ? { url: url || undefined, token: token || undefined } : undefined
    super(NativeStore.kv({ ...rest, ...(given ?? fromEnvironment()) }))
  }

  /** Resolves when the service answers, and rejects with ERR_STORE… when it does not in time. */
  ping() {
    return ping(this)
  }

  /** Calls after it are refused with ERR_CLOSED. */
  close() {
    return close(this)
  }
}

module.exports = { KVStore }
