'use strict'

const { checkedMembers, emailAddress, known, meta, object, text } = require('../body-checks')
const { badRequest } = require('../errors')

const LIMIT_NUMBERS = ['tokens', 'conversations', 'messages']
const DATABASE_LIMIT_NUMBERS = ['datasets', 'records', 'skillsets', 'abilities', 'files']

const CHECKS = {
  alias: clearedText,
  name: clearableText,
  description: clearedText,
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
 * @throws {import('../errors').ApiError} 400 on a wrong type, a bad address or an unknown field
 */
const readFields = (body) => checkedMembers(body, CHECKS)

function clearedText(value, name) {
  return text(value, name) === '' ? null : value
}

// The OpenAPI document has name, image and email as plain strings, yet the API
// takes null for them and reads it, like "", as "clear the field".
function clearableText(value, name) {
  return value === null ? null : clearedText(value, name)
}

function emailOrCleared(value, name) {
  const address = clearableText(value, name)
  return address === null ? null : emailAddress(address, name)
}

function limitsOrCleared(value, name) {
  if (value === null) return null
  numbers(object(value, name), LIMIT_NUMBERS, name)
  if (value.database !== undefined) {
    const database = `${name}.database`
    numbers(object(value.database, database), DATABASE_LIMIT_NUMBERS, database)
  }
  return value
}

function numbers(values, keys, name) {
  for (const key of keys) {
    if (values[key] !== undefined && typeof values[key] !== 'number') {
      throw badRequest(`"${name}.${key}" must be a number`)
    }
  }
}

/**
 * What a session/create body asks for.
 *
 * @param {Record<string, unknown>} body
 * @param {number} fallback seconds, when the body names none
 * @returns {{ duration: number, allowedRoutes?: string[], contactId?: string }} `duration` in seconds
 * @throws {import('../errors').ApiError} 400 on a wrong type
 */
function readSession(body, fallback) {
  known(body, ['durationInSeconds', 'config'])
  const { config = {} } = body
  const durationInSeconds = body.durationInSeconds ?? fallback
  if (!Number.isInteger(durationInSeconds) || durationInSeconds <= 0) {
    throw badRequest('"durationInSeconds" must be a positive integer')
  }
  known(object(config, 'config'), ['allowedRoutes', 'contactId', 'namespace'], 'config.')
  const { allowedRoutes = [], contactId = '', namespace = '' } = config
  text(namespace, 'config.namespace')
  if (!Array.isArray(allowedRoutes) || allowedRoutes.some((route) => typeof route !== 'string')) {
    throw badRequest('"config.allowedRoutes" must be an array of strings')
  }
  text(contactId, 'config.contactId')
  return {
    duration: durationInSeconds,
    allowedRoutes: config.allowedRoutes,
    contactId: contactId || undefined,
  }
}

module.exports = { readFields, readSession }
