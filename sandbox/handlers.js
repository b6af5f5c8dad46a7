'use strict'

const { randomBytes } = require('node:crypto')

const { ApiError, badRequest } = require('./errors')
const { readFields, readSessionDuration } = require('./fields')
const { freshId } = require('./ids')
const { isObject, matchesMeta, metaFilters, publicMeta, updatedMeta } = require('./meta')

const LIST_TAKE = 100
const MS_PER_SECOND = 1000
/** Lifetime of a session whose request names none, in seconds. */
const SESSION_DURATION = 900

/**
 * What a handler is given.
 *
 * @typedef {object} Call
 * @property {import('./users').UserTable} table
 * @property {string} accountId the account the call runs as
 * @property {string} payer the parent account, whose limits count
 * @property {import('./limits').Limits} limits
 * @property {boolean} ignoreEmailFilter
 * @property {URLSearchParams} query
 * @property {string} accept the Accept header
 * @property {Record<string, unknown> | null} body of POST
 * @property {string | null} reference the path's `{userId}`, percent-encoded
 */

/** @type {Record<import('./routes').RouteName, (call: Call) => import('./errors').Answer>} */
const HANDLERS = {
  list(call) {
    const { table, accountId, payer, query } = call
    call.limits.admitList(payer)
    const email = query.get('email')
    const filters = metaFilters(query)
    // Through the table, so that the address is compared as the database does.
    const wanted = email && !call.ignoreEmailFilter ? [table.byEmail(accountId, email)?.id] : null
    const rows = page(table.childrenOf(accountId), query, (row) => {
      return (!wanted || wanted.includes(row.id)) && matchesMeta(row.meta, filters)
    })
    const items = rows.map(listed)
    if (call.accept.includes('application/jsonl')) return lines(items)
    // A page without items has no last item: its cursor is left out.
    return ok({ items, cursor: items.at(-1)?.id })
  },

  fetch(call) {
    const { description: _, ...user } = listed(findUser(call))
    return ok(user)
  },

  create({ table, accountId, body, limits }) {
    const fields = readFields(body)
    if (table.get(accountId)) throw new ApiError(403, 'Not authorized')
    limits.admitUser(accountId, table)
    // `$update` means nothing here: it is a key that nobody gets to see again.
    if (fields.meta) fields.meta = publicMeta(fields.meta)
    return ok({ id: table.insert(accountId, fields).id })
  },

  update(call) {
    const fields = readFields(call.body)
    const row = findUser(call)
    if (fields.meta) fields.meta = updatedMeta(fields.meta, row.meta)
    call.table.change(row, fields)
    return ok({ id: row.id })
  },

  delete(call) {
    const row = findUser(call)
    call.table.remove(row)
    return ok({ id: row.id })
  },

  'session/create'(call) {
    const duration = readSessionDuration(call.body, SESSION_DURATION)
    findUser(call)
    return ok({
      id: freshId(),
      token: `sandbox-session-${randomBytes(24).toString('base64url')}`,
      expiresAt: Date.now() + Math.round(duration * MS_PER_SECOND),
    })
  },
}

const ok = (json) => ({ status: 200, headers: {}, json })

/** The streamed form of a list, from the OpenAPI document: one event a line. */
function lines(items) {
  const text = items.map((data) => `${JSON.stringify({ type: 'item', data })}\n`).join('')
  return { status: 200, headers: {}, text, contentType: 'application/jsonl; charset=utf-8' }
}

/**
 * The page a query asks for. A cursor that names no user of the account ends
 * the list, as it does in a database that pages by key.
 */
function page(newestFirst, query, isWanted) {
  const ordered = query.get('order') === 'asc' ? newestFirst.reverse() : newestFirst
  const cursor = query.get('cursor')?.trim()
  const last = cursor ? ordered.findIndex((row) => row.id === cursor) : -1
  if (cursor && last === -1) return []
  return ordered
    .slice(last + 1)
    .filter(isWanted)
    .slice(0, takeOf(query))
}

/** 100 is the default and the maximum; 0 and garbage mean the default. */
function takeOf(query) {
  const take = Number.parseInt(query.get('take') ?? '', 10) || LIST_TAKE
  return Math.min(Math.max(1, take), LIST_TAKE)
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
 * @param {Call} call
 * @returns {import('./users').User}
 * @throws {ApiError} 404 when there is none, 403 when it is another account's
 */
function findUser({ table, accountId, reference }) {
  const row = resolve(table, accountId, decoded(reference))
  if (!row) throw new ApiError(404, 'User not found')
  if (row.parentId !== accountId) throw new ApiError(403, 'Not authorized')
  return row
}

function decoded(reference) {
  try {
    return decodeURIComponent(reference)
  } catch {
    throw badRequest('Malformed user id')
  }
}

/** `{userId}` is not only an id: `(NAME)`, `@ALIAS` and `@@ALIAS` find a child too. */
function resolve(table, accountId, reference) {
  const name = /^\((.*)\)$/s.exec(reference)
  if (name) return table.childrenOf(accountId).find((row) => row.name === name[1])
  const alias = /^@@?(.+)$/s.exec(reference)
  if (alias) return table.byAlias(accountId, alias[1])
  return table.get(reference)
}

module.exports = { HANDLERS }
