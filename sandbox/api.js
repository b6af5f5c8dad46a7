'use strict'

const { Account } = require('./account')
const { Authentication } = require('./authentication')
const { CONTACT_HANDLERS } = require('./contacts/handlers')
const { CONVERSATION_HANDLERS } = require('./conversations/handlers')
const { Database } = require('./database')
const { ApiError, badRequest, notAuthorized } = require('./errors')
const { Limits } = require('./limits')
const { isObject } = require('./meta')
const { METHOD_BY_ROUTE, PAGED_ROUTES } = require('./routes')
const { allows } = require('./sessions/table')
const { USER_HANDLERS } = require('./users/handlers')

/** @type {Record<import('./routes').RouteName, Handler>} */
const HANDLERS = { ...USER_HANDLERS, ...CONTACT_HANDLERS, ...CONVERSATION_HANDLERS }

/** @type {Set<import('./routes').RouteName>} open to the token of a conversation's visitor */
const VISITOR_ROUTES = new Set(['conversation/contact/upsert'])

/** @type {Set<import('./routes').RouteName>} their errors have no `X-Failure-Code` */
const STREAMED_ROUTES = new Set([...PAGED_ROUTES, 'conversation/complete'])

/** @type {Set<import('./routes').RouteName>} POST routes that nothing need be sent to */
const BODILESS_ROUTES = new Set(['contact/delete'])

/**
 * One request, read whole.
 *
 * @typedef {object} ApiRequest
 * @property {string} method
 * @property {string} path without query
 * @property {import('./routes').RouteMatch | null} match null when the route is not served
 * @property {URLSearchParams} query
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {import('./body').RequestBody} body
 *
 * @typedef {object} ApiOptions
 * @property {'insensitive' | 'sensitive'} emailComparison
 * @property {boolean} [ignoreEmailFilter]
 * @property {boolean} [ignoreMetaFilter]
 * @property {number} [listsPerMinute]
 * @property {number} [maxUsers]
 */

/**
 * What a handler is given.
 *
 * @typedef {object} CallOnly
 * @property {import('./users/table').UserTable} users
 * @property {import('./contacts/table').ContactTable} contacts
 * @property {import('./conversations/table').ConversationTable} conversations
 * @property {import('./sessions/table').SessionTable} sessions
 * @property {import('./limits').Limits} limits
 * @property {boolean} ignoreEmailFilter
 * @property {boolean} ignoreMetaFilter
 * @property {URLSearchParams} query
 * @property {string} accept the Accept header
 * @property {Record<string, unknown> | null} body of POST
 * @property {string | null} reference the path's `{…Id}`, percent-encoded
 *
 * @typedef {CallOnly & import('./authentication').Session} Call
 * @typedef {(call: Call) => import('./errors').Answer} Handler
 */

/** The API without its wire: requests in, answers out, in one step each. */
class Api {
  #database
  #authentication
  #limits
  #options

  /** @param {ApiOptions} options */
  constructor({ emailComparison, listsPerMinute, maxUsers, ...options }) {
    const { ignoreEmailFilter = false, ignoreMetaFilter = false } = options
    this.#database = new Database(emailComparison)
    this.#authentication = new Authentication(this.#database)
    this.#limits = new Limits({ listsPerMinute, maxUsers })
    this.#options = { ignoreEmailFilter, ignoreMetaFilter }
  }

  /**
   * @param {string} secret
   * @returns {Account}
   * @throws {TypeError} when the secret is empty or already in use
   */
  addAccount(secret) {
    const account = new Account(this.#database, secret)
    this.#authentication.add(account, secret)
    return account
  }

  /**
   * @param {Account} account
   * @param {string} secret a further one of its own
   * @throws {TypeError} when the secret is empty or already in use
   */
  addSecret(account, secret) {
    this.#authentication.add(account, secret)
  }

  /**
   * Applies a request.
   *
   * @param {ApiRequest} request
   * @returns {import('./errors').Answer}
   */
  answer(request) {
    try {
      return this.#answer(request)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { headers, ...answer } = error.toAnswer()
      const { 'x-failure-code': _, ...others } = headers
      return { ...answer, headers: STREAMED_ROUTES.has(request.match?.route) ? others : headers }
    }
  }

  #answer({ method, path, match, query, headers, body }) {
    if (!match) throw new ApiError(404, 'Not found')
    const { route, reference } = match
    const allow = METHOD_BY_ROUTE[route]
    // Neither looks at the secret.
    if (method === 'HEAD') return { status: 200, headers: {}, text: '' }
    if (method === 'OPTIONS') return { status: 200, headers: {}, json: {} }
    if (method !== allow) throw new ApiError(405, 'Method not allowed', { headers: { allow } })
    if (method === 'POST') requireJson(headers)
    return HANDLERS[route]({
      users: this.#database.users,
      contacts: this.#database.contacts,
      conversations: this.#database.conversations,
      limits: this.#limits,
      ...this.#options,
      sessions: this.#database.sessions,
      ...this.#sessionFor(route, path, headers),
      query,
      accept: headers.accept ?? '',
      body: method === 'POST' ? jsonObject(body, BODILESS_ROUTES.has(route)) : null,
      reference,
    })
  }

  #sessionFor(route, path, headers) {
    const session = this.#authentication.sessionOf(headers)
    if (!allows(session.allowedRoutes, path)) throw notAuthorized()
    if (session.visitorOf && !VISITOR_ROUTES.has(route)) throw notAuthorized()
    return session
  }
}

/** Comes before anything else is looked at, the secret included. */
function requireJson(headers) {
  const [type] = (headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') {
    throw badRequest('Content-Type must be application/json')
  }
}

function jsonObject(body, mayBeMissing) {
  if (body.isTooLarge) throw new ApiError(413, 'Body exceeded the limit')
  if (body.value === undefined && mayBeMissing) return {}
  if (!body.isJson) throw badRequest('Invalid JSON')
  if (!isObject(body.value)) throw badRequest('Body must be an object')
  return body.value
}

module.exports = { Api }
