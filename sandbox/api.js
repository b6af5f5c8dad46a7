'use strict'

const { Account } = require('./account')
const { ApiError, badRequest } = require('./errors')
const { HANDLERS } = require('./handlers')
const { Limits } = require('./limits')
const { isObject } = require('./meta')
const { METHOD_BY_ROUTE } = require('./routes')
const { UserTable } = require('./users')

/**
 * One request, read whole.
 *
 * @typedef {object} ApiRequest
 * @property {string} method
 * @property {import('./routes').RouteMatch | null} match null when the route is not served
 * @property {URLSearchParams} query
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {import('./body').RequestBody} body
 */

/** The Partner API without its wire: requests in, answers out, in one step each. */
class Api {
  #table
  #ignoreEmailFilter
  #limits
  /** @type {Map<string, Account>} */
  #accountsBySecret = new Map()

  /**
   * @param {{emailComparison: 'insensitive' | 'sensitive', ignoreEmailFilter: boolean,
   *   listsPerMinute: number, maxUsers: number}} options
   */
  constructor({ emailComparison, ignoreEmailFilter, listsPerMinute, maxUsers }) {
    this.#table = new UserTable(emailComparison)
    this.#limits = new Limits({ listsPerMinute, maxUsers })
    this.#ignoreEmailFilter = ignoreEmailFilter
  }

  /**
   * @param {string} secret
   * @returns {Account}
   * @throws {TypeError} when the secret is empty or already in use
   */
  addAccount(secret) {
    if (typeof secret !== 'string' || secret === '') throw new TypeError('secret must be a text')
    if (this.#accountsBySecret.has(secret)) throw new TypeError('secret is already in use')
    const account = new Account(this.#table, secret)
    this.#accountsBySecret.set(secret, account)
    return account
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
      if (error instanceof ApiError) return error.toAnswer()
      throw error
    }
  }

  #answer({ method, match, query, headers, body }) {
    if (!match) throw new ApiError(404, 'Not found')
    const allow = METHOD_BY_ROUTE[match.route]
    // Neither looks at the secret.
    if (method === 'HEAD') return { status: 200, headers: {}, text: '' }
    if (method === 'OPTIONS') return { status: 200, headers: {}, json: {} }
    if (method !== allow) {
      throw new ApiError(405, 'Method not allowed', { headers: { allow } })
    }
    return HANDLERS[match.route]({
      table: this.#table,
      ...this.#authenticate(headers),
      limits: this.#limits,
      ignoreEmailFilter: this.#ignoreEmailFilter,
      query,
      accept: headers.accept ?? '',
      body: allow === 'POST' ? jsonObject(headers, body) : null,
      reference: match.reference,
    })
  }

  /**
   * The account a call runs as: the secret's, or a sub-account by `x-runas-user-id` or
   * `x-runas-child-user-email`. One that is no sub-account of the secret's account is
   * answered as a wrong secret is (401), which tells nobody whether it exists.
   */
  #authenticate(headers) {
    const secret = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
    const account = this.#accountsBySecret.get(secret)
    if (!account) throw new ApiError(401, 'Not authenticated')
    const id = headers['x-runas-user-id'] ?? headers['x-runas-userid']
    const email = headers['x-runas-child-user-email']
    if (!id && !email) return { accountId: account.id, payer: account.id }
    const child = id ? this.#table.get(id) : this.#table.byEmail(account.id, email)
    if (child?.parentId !== account.id) throw new ApiError(401, 'Not authenticated')
    return { accountId: child.id, payer: account.id }
  }
}

function jsonObject(headers, body) {
  if (body.isTooLarge) throw new ApiError(413, 'Body exceeded the limit')
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    throw badRequest('Content-Type must be application/json')
  }
  if (!body.isJson) throw badRequest('Invalid JSON')
  if (!isObject(body.value)) throw badRequest('Body must be an object')
  return body.value
}

module.exports = { Api }
