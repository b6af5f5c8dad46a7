'use strict'

const { NativeStore } = require('../native/binary.js')
const { callTimeout } = require('./call-timeout.js')
const { pemTexts, tls } = require('./certificates.js')
const { NativeBackedStore, close, ping } = require('./native-backed-store.js')
const {
  flag,
  integer,
  invalid,
  keyPrefix,
  optional,
  readOptions,
  text,
  texts,
} = require('../option-checks.js')

const OPTIONS = {
  url: optional(address),
  nodes: texts,
  sentinels: texts,
  service: text,
  username: optional(text),
  password: optional(text),
  database: integer(0, 65_535),
  tls: tls({ service: flag }),
  keyPrefix,
  connectTimeout: callTimeout,
  timeout: callTimeout,
}

const SCHEMES = [
  ...['redis://', 'rediss://', 'valkey://', 'valkeys://'],
  ...['unix://', 'redis+unix://', 'valkey+unix://'],
]

function address(value) {
  return typeof value === 'string' &&
    (value === '' || SCHEMES.some((scheme) => value.startsWith(scheme)))
    ? undefined
    : 'a URL that begins with redis://, rediss://, valkey://, valkeys:// or unix://'
}

/** Where hosts put the address of a Redis, in order of preference. */
const VARIABLES = ['REDIS_URL', 'KV_URL']

/** The address in the environment, if there is one. */
function fromEnvironment() {
  const name = VARIABLES.find((it) => process.env[it])
  if (!name) return undefined
  const wanted = address(process.env[name])
  if (wanted) throw invalid(`RedisStore: ${name} has to be ${wanted}`)
  return process.env[name]
}

/** Values in Redis or Valkey: one server, a cluster, or behind sentinels. */
class RedisStore extends NativeBackedStore {
  /** @param {import('../../index.js').RedisStoreOptions} [options] index.d.ts documents them */
  constructor(options = {}) {
    const read = readOptions('RedisStore', OPTIONS, options)
    const { url, tls: certificates = {}, username, password, ...rest } = read
    for (const list of [rest.nodes, rest.sentinels]) {
      const wanted = list?.map(address).find(Boolean)
      if (wanted) throw invalid(`The options "nodes" and "sentinels" hold ${wanted} each`)
    }
    super(
      construct({
        ...rest,
        // A missing address is an error of the first call: applications are built without it.
        url: url || (rest.nodes || rest.sentinels ? undefined : fromEnvironment()),
        username: username ?? undefined,
        password: password ?? undefined,
        ...pemTexts(certificates),
        serviceTls: certificates.service,
      }),
    )
  }

  /** Resolves when the server answers, and rejects with ERR_STORE… when it does not in time. */
  ping() {
    return ping(this)
  }

  /** Ends the connection. Calls after it are refused with ERR_CLOSED. */
  close() {
    return close(this)
  }
}

function construct(options) {
  try {
    return NativeStore.redis(options)
  } catch (error) {
    throw invalid(`RedisStore: ${error.message}`)
  }
}

module.exports = { RedisStore }
