'use strict'

const { resolve } = require('node:path')
const { NativeStore } = require('../native/binary.js')
const { isFile, pathOf } = require('./at-address.js')
const { callTimeout } = require('./call-timeout.js')
const { NativeBackedStore, close, ping } = require('./native-backed-store.js')
const { optional, readOptions, text } = require('../option-checks.js')

const OPTIONS = {
  path: optional(text),
  timeout: callTimeout,
}

const IN_MEMORY = ':memory:'

/** Where the file is, whatever folder the process goes to. Without one, the first call says so. */
function place(path) {
  if (!path) return undefined
  return path === IN_MEMORY ? path : resolve(path)
}

/** The file in the environment. An address of another kind is the application's. */
function fromEnvironment() {
  const { DATABASE_URL } = process.env
  return DATABASE_URL && isFile(DATABASE_URL) ? pathOf(DATABASE_URL, 'DATABASE_URL') : undefined
}

/** Values in a file of this machine, kept by SQLite. */
class SqliteStore extends NativeBackedStore {
  /** @param {import('../../index.js').SqliteStoreOptions} [options] index.d.ts documents them */
  constructor(options = {}) {
    const { path, timeout } = readOptions('SqliteStore', OPTIONS, options)
    super(NativeStore.sqlite({ path: place(path || fromEnvironment()), timeout }))
  }

  /** Resolves when the file can be read, and rejects with ERR_STORE… when it cannot in time. */
  ping() {
    return ping(this)
  }

  /** Closes the file. Calls after it are refused with ERR_CLOSED. */
  close() {
    return close(this)
  }
}

module.exports = { SqliteStore }
