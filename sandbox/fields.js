'use strict'

const { isEmailAddress } = require('./email')
const { badRequest } = require('./errors')
const { isObject } = require('./meta')

const LIMIT_NUMBERS = ['tokens', 'conversations', 'messages']
const DATABASE_LIMIT_NUMBERS = ['datasets', 'records', 'skillsets', 'abilities', 'files']

/** For each field of create and update, how it is checked. */
const CHECKS = {
  alias: text,
  name: clearableText,
  description: text,
  image: clearableText,
  email: emailOrCleared,
  limits: limitsOrCleared,
  meta,
}

/**
 * The fields of a create or update body, checked; a cleared field (`""` or
 * null) is null, a field left out is absent.
 *
 * @param {Record<string, unknown>} body
 * @returns {Record<string, unknown>}
 * @throws {import('./errors').ApiError} 400 on a wrong type, a bad address or an unknown field
 */
function readFields(body) {
  known(body, Object.keys(CHECKS))
  const fields = {}
  for (const [name, check] of Object.entries(CHECKS)) {
    if (Object.hasOwn(body, name)) fields[name] = check(body[name], name)
  }
  return fields
}

function text(value, name) {
  if (typeof value !== 'string') throw badRequest(`"${name}" must be a string`)
  return value === '' ? null : value
}

// The OpenAPI document has name, image and email as plain strings, yet the API
// takes null for them and reads it, like "", as "clear the field".
function clearableText(value, name) {
  return value === null ? null : text(value, name)
}

function emailOrCleared(value, name) {
  const address = clearableText(value, name)
  if (address !== null && !isEmailAddress(address)) {
    throw badRequest(`"${name}" must be a valid email`)
  }
  return address
}

function limitsOrCleared(value, name) {
  if (value === null) return null
  if (!isObject(value)) throw badRequest(`"${name}" must be of type object`)
  numbers(value, LIMIT_NUMBERS, name)
  if (value.database !== undefined) {
    if (!isObject(value.database)) throw badRequest(`"${name}.database" must be of type object`)
    numbers(value.database, DATABASE_LIMIT_NUMBERS, `${name}.database`)
  }
  return value
}

function numbers(object, keys, name) {
  for (const key of keys) {
    if (object[key] !== undefined && typeof object[key] !== 'number') {
      throw badRequest(`"${name}.${key}" must be a number`)
    }
  }
}

/** Unknown fields are refused, not passed over. */
function known(object, names, where = '') {
  const unknown = Object.keys(object).find((name) => !names.includes(name))
  if (unknown !== undefined) throw badRequest(`"${where}${unknown}" is not allowed`)
}

function meta(value, name) {
  if (!isObject(value)) throw badRequest(`"${name}" must be of type object`)
  const internal = Object.keys(value).find((key) => key.startsWith('_'))
  if (internal !== undefined) throw badRequest(`"${name}.${internal}" is not allowed`)
  if (Object.hasOwn(value, '$update') && !isObject(value.$update)) {
    throw badRequest(`"${name}.$update" must be of type object`)
  }
  return value
}

/**
 * The lifetime a session/create body asks for.
 *
 * @param {Record<string, unknown>} body
 * @param {number} fallback seconds, when the body names none
 * @returns {number} seconds
 * @throws {import('./errors').ApiError} 400 on a wrong type
 */
function readSessionDuration(body, fallback) {
  known(body, ['durationInSeconds', 'config'])
  const { config = {} } = body
  const durationInSeconds = body.durationInSeconds ?? fallback
  if (!Number.isInteger(durationInSeconds) || durationInSeconds <= 0) {
    throw badRequest('"durationInSeconds" must be a positive integer')
  }
  if (!isObject(config)) throw badRequest('"config" must be of type object')
  known(config, ['allowedRoutes', 'contactId', 'namespace'], 'config.')
  const { allowedRoutes = [], contactId = '', namespace = '' } = config
  if (typeof namespace !== 'string') throw badRequest('"config.namespace" must be a string')
  if (!Array.isArray(allowedRoutes) || allowedRoutes.some((route) => typeof route !== 'string')) {
    throw badRequest('"config.allowedRoutes" must be an array of strings')
  }
  if (typeof contactId !== 'string') throw badRequest('"config.contactId" must be a string')
  return durationInSeconds
}

module.exports = { readFields, readSessionDuration }
