'use strict'

const { isEmailAddress } = require('./email')
const { badRequest } = require('./errors')
const { isObject } = require('./meta')

/**
 * A check of one member of a request's body.
 *
 * @callback Check
 * @param {any} value
 * @param {string} name of the member, for the error
 * @returns {unknown} the value to go on with; undefined: as if it had been left out
 * @throws {import('./errors').ApiError} 400
 */

/**
 * The members of a body, checked; one that is left out is absent.
 *
 * @param {Record<string, unknown>} body
 * @param {Record<string, Check>} checks by member; others are refused
 * @returns {Record<string, any>}
 * @throws {import('./errors').ApiError} 400
 */
function checkedMembers(body, checks) {
  known(body, Object.keys(checks))
  const members = {}
  for (const [name, check] of Object.entries(checks)) {
    const value = Object.hasOwn(body, name) ? check(body[name], name) : undefined
    if (value !== undefined) members[name] = value
  }
  return members
}

/** Unknown members are refused, not passed over. */
function known(object, names, where = '') {
  const unknown = Object.keys(object).find((name) => !names.includes(name))
  if (unknown !== undefined) throw badRequest(`"${where}${unknown}" is not allowed`)
}

/** @type {Check} */
function text(value, name) {
  if (typeof value !== 'string') throw badRequest(`"${name}" must be a string`)
  return value
}

/** @type {Check} */
const textOrNull = (value, name) => (value === null ? null : text(value, name))

/** @type {Check} */
function boolean(value, name) {
  if (typeof value !== 'boolean') throw badRequest(`"${name}" must be a boolean`)
  return value
}

/** @type {Check} */
function object(value, name) {
  if (!isObject(value)) throw badRequest(`"${name}" must be of type object`)
  return value
}

/** @type {Check} */
function arrayOfObjects(value, name) {
  if (!Array.isArray(value)) throw badRequest(`"${name}" must be an array`)
  for (const [index, item] of value.entries()) object(item, `${name}[${index}]`)
  return value
}

/** @type {Check} */
function emailAddress(value, name) {
  if (!isEmailAddress(text(value, name))) throw badRequest(`"${name}" must be a valid email`)
  return value
}

/** @type {Check} */
function meta(value, name) {
  const internal = Object.keys(object(value, name)).find((key) => key.startsWith('_'))
  if (internal !== undefined) throw badRequest(`"${name}.${internal}" is not allowed`)
  if (Object.hasOwn(value, '$update')) object(value.$update, `${name}.$update`)
  return value
}

/** @type {Check} */
const metaOrNull = (value, name) => (value === null ? null : meta(value, name))

module.exports = {
  arrayOfObjects,
  boolean,
  checkedMembers,
  emailAddress,
  known,
  meta,
  metaOrNull,
  object,
  text,
  textOrNull,
}
