'use strict'

const { existsSync } = require('node:fs')
const { made, pathOf, schemeOf, storeAt } = require('../lib/stores/at-address.js')
const { UsageError } = require('./arguments.js')

const VARIABLE = /^env:/
const FILE = /^file:/i
const REST = /^https?:/i

/** A drive of Windows is no scheme. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i

const REST_TOKENS = ['KV_REST_API_TOKEN', 'UPSTASH_REDIS_REST_TOKEN']

/**
 * The store that somebody named on the command line.
 *
 * @param {string} name an address, the path of a file, or `env:` and the variable that has an address
 * @param {string} whose for messages
 * @param {{ cluster?: boolean, keyPrefix?: string, table?: string }} options
 * @param {(path: string) => import('../lib/stores/store.js').Store} [withoutFile] what to take in the place
 *   of a file that is not there; otherwise it is made
 */
function storeNamed(name, whose, { cluster, ...options }, withoutFile) {
  const address = VARIABLE.test(name) ? variableOf(name, whose) : name
  const given = Object.fromEntries(Object.entries(options).filter(([, it]) => it !== undefined))
  const path = FILE.test(address) ? pathOf(address, whose) : !SCHEME.test(address) && address
  if (path !== false) {
    if (withoutFile && !existsSync(path)) return withoutFile(path)
    return made('SqliteStore', { path, ...given }, whose)
  }
  if (REST.test(address)) {
    return made('KVStore', { url: address, token: tokenOf(name), ...given }, whose)
  }
  // What has nodes has no url.
  const nodes = cluster && { url: undefined, nodes: address.split(',') }
  const store = storeAt(address, whose, { ...given, ...nodes })
  if (store) return store
  throw new UsageError(
    `${whose} begins with ${schemeOf(address) ?? 'something'} that is no store's: see --help`,
  )
}

function variableOf(name, whose) {
  const variable = name.replace(VARIABLE, '')
  const value = process.env[variable]
  if (!value) throw new UsageError(`${whose}: the variable ${variable} is not set`)
  return value
}

/** The token that belongs to an address: that of the same variable, or the only one that there is. */
function tokenOf(name) {
  const names = VARIABLE.test(name)
    ? [name.replace(VARIABLE, '').replace(/_URL$/, '_TOKEN')]
    : REST_TOKENS
  const token = names.map((it) => process.env[it]).find(Boolean)
  if (!token) throw new UsageError(`There is no token: set ${names.join(' or ')}`)
  return token
}

module.exports = { storeNamed }
