'use strict'

const { fileURLToPath } = require('node:url')
const { invalid } = require('../option-checks.js')

const REDIS = /^(rediss?|valkeys?|unix|redis\+unix|valkey\+unix):/i
const POSTGRES = /^postgres(ql)?:/i
const FILE = /^file:/i

/**
 * The store for an address that a single text can say, as it stands in a variable or on a command line.
 *
 * @param {string} address
 * @param {string} whose what the address is of, for messages; the address may hold a password
 * @param {object} [options] more of the store's
 * @returns {import('./store.js').Store | undefined} none for an address of something else
 * @throws ChatBotKitError with code ERR_INVALID_OPTION, when the address is of a store and malformed
 */
function storeAt(address, whose, options) {
  return redisAt(address, whose, options) ?? databaseAt(address, whose, options)
}

function redisAt(address, whose, options) {
  return REDIS.test(address) ? made('RedisStore', { url: address, ...options }, whose) : undefined
}

function databaseAt(address, whose, options) {
  if (isPostgres(address)) return made('PostgresStore', { url: address, ...options }, whose)
  if (!isFile(address)) return undefined
  return made('SqliteStore', { path: pathOf(address, whose), ...options }, whose)
}

function isPostgres(address) {
  return POSTGRES.test(address)
}

function isFile(address) {
  return FILE.test(address)
}

/** Asked when it is needed: the package's entry point loads this file. */
function made(name, options, whose) {
  const { [name]: StoreClass } = require('../../index.js')
  if (!StoreClass) throw invalid(`${whose} needs ${name}, which this version does not have`)
  try {
    return new StoreClass(options)
  } catch (cause) {
    throw invalid(`${whose} is not an address that ${name} takes: ${cause.message}`, { cause })
  }
}

/** `file:///var/lib/auth.db`, or from the current folder `file:./auth.db`, as Prisma writes it. */
function pathOf(address, whose) {
  if (!/^file:\/\//i.test(address)) return address.slice('file:'.length).replace(/\?.*$/s, '')
  try {
    return fileURLToPath(address)
  } catch (cause) {
    throw invalid(`${whose} is a file: address without a path on this machine`, { cause })
  }
}

/** The beginning of an address, `mysql://`. Of what is none, nothing is shown: it may be a secret. */
function schemeOf(address) {
  return /^[a-z][a-z0-9+.-]{0,19}:\/\//i.exec(address)?.[0]
}

module.exports = {
  databaseAt,
  isFile,
  isPostgres,
  made,
  pathOf,
  redisAt,
  schemeOf,
  storeAt,
}
