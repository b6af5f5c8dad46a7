'use strict'

const { ok } = require('../answers')
const { ApiError, notAuthorized } = require('../errors')
const { listAnswer } = require('../list')
const { isObject, matchesMeta, metaFilters, publicMeta, updatedMeta } = require('../meta')
const { decodeReference } = require('../references')
const { readFields, readSession } = require('./fields')

const MS_PER_SECOND = 1000
/** Lifetime of a session whose request names none, in seconds. */
const SESSION_DURATION = 900

/** @type {Record<import('../routes').UserRoute, import('../api').Handler>} */
const USER_HANDLERS = {
  list(call) {
    const { users, accountId, query } = call
    call.limits.admitList(call.payer)
    const email = query.get('email')
    // Through the table, so that the address is compared as the database does.
    const wanted = email && !call.ignoreEmailFilter ? [users.byEmail(accountId, email)?.id] : null
    const filters = call.ignoreMetaFilter ? [] : metaFilters(query)
    const isWanted = (row) => (!wanted || wanted.includes(row.id)) && matchesMeta(row.meta, filters)
    return listAnswer(call, users.childrenOf(accountId), isWanted, listed)
  },

  fetch(call) {
    const { description: _, ...user } = listed(findUser(call))
    return ok(user)
  },

  create({ users, accountId, body, limits }) {
    const fields = readFields(body)
    if (users.get(accountId)) throw notAuthorized()
    limits.admitUser(accountId, users)
    // `$update` means nothing here: it is a key that nobody gets to see again.
    if (fields.meta) fields.meta = publicMeta(fields.meta)
    return ok({ id: users.insert(accountId, fields).id })
  },

  update(call) {
    const fields = readFields(call.body)
    const row = findUser(call)
    if (fields.meta) fields.meta = updatedMeta(fields.meta, row.meta)
    call.users.change(row, fields)
    return ok({ id: row.id })
  },

  delete(call) {
    const row = findUser(call)
    call.users.remove(row)
    return ok({ id: row.id })
  },

  'session/create'(call) {
    const { duration, allowedRoutes, contactId } = readSession(call.body, SESSION_DURATION)
    const { id: userId } = findUser(call, (users, _, id) => users.get(id))
    const expiresAt = Date.now() + duration * MS_PER_SECOND
    const { id, token } = call.sessions.insert({ userId, expiresAt, allowedRoutes, contactId })
    return ok({ id, token, expiresAt })
  },
}

/** A user as `list` shows it: fields that are not set are absent. */
function listed({ id, createdAt, updatedAt, ...row }) {
  const { name, description, image, email, limits } = row
  const meta = isObject(row.meta) ? publicMeta(row.meta) : row.meta
  const fields = { name, description, image, email, limits, meta }
  const set = Object.entries(fields).filter(([, value]) => value !== null)
  return { id, createdAt, updatedAt, ...Object.fromEntries(set) }
}

/**
 * @param {import('../api').Call} call
 * @param {typeof resolve} [find] what the path's `{userId}` may be
 * @returns {import('./table').User}
 * @throws {ApiError} 404 when there is none, 403 when it is another account's
 */
function findUser({ users, accountId, reference }, find = resolve) {
  const row = find(users, accountId, decodeReference(reference))
  if (!row) throw new ApiError(404, 'User not found')
  if (row.parentId !== accountId) throw notAuthorized()
  return row
}

/** `{userId}` is not only an id: `(NAME)`, `@ALIAS` and `@@ALIAS` find a child too. */
function resolve(users, accountId, reference) {
  const name = /^\((.*)\)$/s.exec(reference)
  if (name) return users.childrenOf(accountId).find((row) => row.name === name[1])
  const alias = /^@@?(.+)$/s.exec(reference)
  if (alias) return users.byAlias(accountId, alias[1])
  return users.get(reference)
}

module.exports = { USER_HANDLERS }
