'use strict'

const { checkedMembers, emailAddress, metaOrNull, textOrNull } = require('../body-checks')
const { badRequest, systemError } = require('../errors')
const { phoneNumber } = require('./phone')

/** MySQL's columns, in UTF-8 bytes. */
const STRING_BYTES = 191
const TEXT_BYTES = 65_535
/** Of a fingerprint, in characters. */
const FINGERPRINT_LENGTH = 16

const NOT_NULL = ['name', 'description', 'fingerprint', 'meta']

/** What a visitor may say about oneself. */
const VISITOR_CHECKS = {
  name: string,
  description: longText,
  fingerprint,
  email: (value, name) => string(value, name) && emailAddress(value, name),
  phone: (value, name) => string(value, name) && phoneNumber(value, name),
  nick: string,
  meta: metaOrNull,
}

const CHECKS = { ...VISITOR_CHECKS, preferences: longText, verifiedAt: time }

/**
 * The fields of a create, ensure or update body, checked; a field left out is absent. A null
 * passes everywhere, though not every column takes one: see `storable`.
 *
 * @param {Record<string, unknown>} body
 * @returns {Partial<import('./table').Contact>}
 * @throws {import('../errors').ApiError} 400 on a wrong type, a bad value or an unknown field
 */
const readContact = (body) => checkedMembers(body, CHECKS)

/** The same of an upsert body. */
const readVisitor = (body) => checkedMembers(body, VISITOR_CHECKS)

/**
 * What goes to the database.
 *
 * @param {Partial<import('./table').Contact>} fields
 * @throws {import('../errors').ApiError} 500 for a null where the database takes none
 */
function storable(fields) {
  if (NOT_NULL.some((name) => fields[name] === null)) throw systemError()
  return fields
}

function string(value, name) {
  return within(STRING_BYTES, value, name)
}

function longText(value, name) {
  return within(TEXT_BYTES, value, name)
}

function within(bytes, value, name) {
  if (Buffer.byteLength(textOrNull(value, name) ?? '') > bytes) {
    throw badRequest(`"${name}" length must be less than or equal to ${bytes} bytes long`)
  }
  return value
}

/** Empty ones pass unchanged, white space with them. */
function fingerprint(value, name) {
  const trimmed = string(value, name)?.trim()
  if (!trimmed) return value
  if (trimmed.length < FINGERPRINT_LENGTH) throw badRequest('Fingerprint is too short')
  return trimmed
}

/** 0 counts as left out. */
function time(value, name) {
  if (value === null) return null
  if (!Number.isFinite(value)) throw badRequest(`"${name}" must be a number`)
  return value === 0 ? undefined : Math.trunc(value)
}

module.exports = { FINGERPRINT_LENGTH, readContact, readVisitor, storable }
