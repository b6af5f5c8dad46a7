'use strict'

const { createHash } = require('node:crypto')

const { genericError } = require('../errors')
const { FINGERPRINT_LENGTH, storable } = require('./fields')

/** Of the fingerprints of contacts that nobody vouches for. */
const UNTRUSTED_NAMESPACE = '83eac369-0401-4a2c-992f-dd9b914420af'

/**
 * The contact that the fields describe: found, or made. With a fingerprint it is a trusted one,
 * without an untrusted one.
 *
 * @param {import('./table').ContactTable} contacts
 * @param {string} accountId
 * @param {Partial<import('./table').Contact>} fields
 * @returns {import('./table').Contact}
 * @throws {import('../errors').ApiError} 500 when the fingerprint is too short, or belongs to a
 *   contact of the other kind
 */
function ensureContact(contacts, accountId, { fingerprint, verifiedAt: _, ...fields }) {
  return fingerprint
    ? ensureTrusted(contacts, accountId, fields, fingerprint)
    : ensureUntrusted(contacts, accountId, fields)
}

function ensureTrusted(contacts, accountId, fields, fingerprint) {
  // One more than validation asks for: a fingerprint of exactly 16 characters gets this far.
  if (fingerprint.length <= FINGERPRINT_LENGTH) throw genericError('fingerprint is too short')
  const found = contacts.byFingerprint(accountId, fingerprint)
  if (found && found.verifiedAt === null) throw genericError('Contact is not verified')
  if (found) return found
  return contacts.insert(accountId, { ...storable(fields), fingerprint, verifiedAt: Date.now() })
}

function ensureUntrusted(contacts, accountId, fields) {
  const fingerprint = untrustedFingerprint(fields)
  const found = contacts.byFingerprint(accountId, fingerprint)
  if (found && found.verifiedAt !== null) throw genericError('Contact is verified')
  return found ?? contacts.insert(accountId, { ...storable(fields), fingerprint })
}

/**
 * @param {Partial<import('./table').Contact>} fields
 * @returns {string} a UUID of version 5, lower case
 */
function untrustedFingerprint({ name, email, phone, nick }) {
  return uuidV5(UNTRUSTED_NAMESPACE, [name, email, phone, nick].sort().join(';'))
}

/** RFC 9562, section 5.5. */
function uuidV5(namespace, text) {
  const namespaceBytes = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  const bytes = createHash('sha1').update(namespaceBytes).update(text).digest().subarray(0, 16)
  bytes[6] = (bytes[6] & 0x0f) | 0x50
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

module.exports = { ensureContact, untrustedFingerprint }
