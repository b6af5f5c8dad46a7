'use strict'

const checks = require('../body-checks')
const { badRequest } = require('../errors')
const { isObject } = require('../meta')

const MESSAGE_TYPES = [
  ...['user', 'bot', 'reasoning', 'context', 'instruction', 'backstory', 'activity'],
]

const MESSAGE_CHECKS = {
  name: checks.textOrNull,
  description: checks.textOrNull,
  type: messageType,
  text: checks.text,
  meta: checks.metaOrNull,
  id: checks.textOrNull,
  createdAt: (value) => value,
}

const CONTACT_CHECKS = {
  fingerprint: checks.textOrNull,
  name: checks.textOrNull,
  description: checks.textOrNull,
  email: checks.textOrNull,
  phone: checks.textOrNull,
  nick: checks.textOrNull,
  meta: checks.metaOrNull,
}

const LIMIT_CHECKS = { iterations: count, continuations: count, calls: count }

const COMPLETION_CHECKS = {
  botId: checks.textOrNull,
  backstory: checks.textOrNull,
  model: checks.textOrNull,
  datasetId: checks.textOrNull,
  skillsetId: checks.textOrNull,
  privacy: checks.boolean,
  moderation: checks.boolean,
  messages,
  attachments,
  contactId,
  functions: checks.arrayOfObjects,
  extensions: checks.object,
  limits: (value, name) => checks.checkedMembers(checks.object(value, name), LIMIT_CHECKS),
  namespace: checks.textOrNull,
  debug: checks.boolean,
}

/**
 * @typedef {object} Completion
 * @property {{type: string, text: string}[]} messages at least one
 * @property {string | Partial<import('../contacts/table').Contact> | null} [contactId]
 */

/**
 * What a reply depends on, from a complete body that has been checked whole.
 *
 * @param {Record<string, unknown>} body
 * @returns {Completion}
 * @throws {import('../errors').ApiError} 400 on a wrong type or an unknown member
 */
function readCompletion(body) {
  const members = checks.checkedMembers(body, COMPLETION_CHECKS)
  if (!members.messages) throw badRequest('"messages" is required')
  if (members.attachments?.length && !members.namespace) {
    throw badRequest('Attachments require a namespace')
  }
  return members
}

function messages(value, name) {
  if (checks.arrayOfObjects(value, name).length === 0) {
    throw badRequest(`"${name}" must contain at least 1 items`)
  }
  return value.map((item, index) => message(item, `${name}[${index}]`))
}

function message(item, name) {
  const { type, text, ...others } = checks.checkedMembers(item, MESSAGE_CHECKS)
  if (type === undefined) throw badRequest(`"${name}.type" is required`)
  if (text === undefined) throw badRequest(`"${name}.text" is required`)
  return { ...others, type, text }
}

function messageType(value, name) {
  if (!MESSAGE_TYPES.includes(value)) {
    throw badRequest(`"${name}" must be one of [${MESSAGE_TYPES.join(', ')}]`)
  }
  return value
}

function attachments(value, name) {
  for (const { url } of checks.arrayOfObjects(value, name)) {
    if (!/^https?:\/\//i.test(checks.text(url, `${name}.url`))) {
      throw badRequest(`"${name}.url" must be a valid uri`)
    }
  }
  return value
}

/** An id, or what a trusted contact is found by and made of. */
function contactId(value, name) {
  if (!isObject(value)) return checks.textOrNull(value, name)
  const fields = checks.checkedMembers(value, CONTACT_CHECKS)
  if (!fields.fingerprint) throw badRequest('Fingerprint is required when creating a contact')
  return fields
}

function count(value, name) {
  if (!Number.isInteger(value) || value < 1) throw badRequest(`"${name}" must be at least 1`)
  return value
}

module.exports = { readCompletion }
