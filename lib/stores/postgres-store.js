'use strict'

const { NativeStore } = require('../native/binary.js')
const { callTimeout } = require('./call-timeout.js')
const { pemTexts, tls } = require('./certificates.js')
const { NativeBackedStore, close, ping } = require('./native-backed-store.js')
const { isPostgres } = require('./at-address.js')
const { integer, invalid, optional, readOptions } = require('../option-checks.js')

const CONNECTIONS_LIMIT = 32

const OPTIONS = {
  url: optional(address),
  table,
  tls: tls(),
  connections: integer(1, CONNECTIONS_LIMIT),
  connectTimeout: callTimeout,
  timeout: callTimeout,
}

function address(value) {
  return typeof value === 'string' && /^(postgres(ql)?:\/\/|$)/.test(value)
    ? undefined
    : 'a URL that begins with postgres:// or postgresql://'
}

/** Its index has five characters more, and a name 63 at the most. */
function table(value) {
  return typeof value === 'string' && /^([A-Za-z_]\w{0,62}\.)?[A-Za-z_]\w{0,57}$/.test(value)
    ? undefined
    : 'a name of at most 58 letters, digits and underscores, with a schema and a dot before it if needed'
}

/** The address in the environment. One of another kind is the application's. */
function fromEnvironment() {
  const { DATABASE_URL } = process.env
  return DATABASE_URL && isPostgres(DATABASE_URL) ? DATABASE_URL : undefined
}

/** Values in a table of PostgreSQL. */
class PostgresStore extends NativeBackedStore {
  /** @param {import('../../index.js').PostgresStoreOptions} [options] index.d.ts documents them */
  constructor(options = {}) {
    const read = readOptions('PostgresStore', OPTIONS, options)
    const { url, tls: certificates, ...rest } = read
    super(
      construct({
        ...rest,
        // A missing address is an error of the first call: applications are built without it.
        url: url || fromEnvironment(),
        tls: certificates !== undefined,
        ...pemTexts(certificates),
      }),
    )
  }

  /** Resolves when the server answers, and rejects with ERR_STORE… when it does not in time. */
  ping() {
    return ping(this)
  }

  /** Ends the connections. Calls after it are refused with ERR_CLOSED. */
  close() {
    return close(this)
  }
}

function construct(options) {
  try {
    return NativeStore.postgres(options)
  } catch (error) {
    throw invalid(`PostgresStore: ${error.message}`)
  }
}

module.exports = { PostgresStore }
