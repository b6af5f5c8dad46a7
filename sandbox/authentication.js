'use strict'

const { ApiError } = require('./errors')

/**
 * On whose behalf a call is made.
 *
 * @typedef {object} Session
 * @property {string} accountId the account the call runs as
 * @property {string} payer the parent account, whose limits count
 * @property {string | null} visitorOf the conversation, when a visitor's token is used
 * @property {string[]} [allowedRoutes] globs, when a session's token is used that has them
 * @property {string} [ofContact] the contact that a session's token speaks for
 */

/** Secrets and tokens, and whom they stand for. */
class Authentication {
  #database
  /** @type {Map<string, import('./account').Account>} */
  #accountsBySecret = new Map()

  /** @param {import('./database').Database} database */
  constructor(database) {
    this.#database = database
  }

  /**
   * @param {import('./account').Account} account
   * @param {string} secret
   * @throws {TypeError} when the secret is empty or already in use
   */
  add(account, secret) {
    if (typeof secret !== 'string' || secret === '') throw new TypeError('secret must be a text')
    if (this.#accountsBySecret.has(secret)) throw new TypeError('secret is already in use')
    this.#accountsBySecret.set(secret, account)
  }

  /**
   * @param {import('node:http').IncomingHttpHeaders} headers
   * @returns {Session}
   * @throws {ApiError} 401
   */
  sessionOf(headers) {
    const secret = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
    const account = this.#accountsBySecret.get(secret)
    if (account) return { ...this.#runAs(account, headers), payer: account.id, visitorOf: null }
    const session = this.#database.sessions.ofToken(secret)
    if (session) return this.#ofSession(session)
    const conversation = this.#database.conversations.ofToken(secret)
    if (!conversation) throw notAuthenticated()
    const { accountId, id } = conversation
    return { accountId, payer: accountId, visitorOf: id }
  }

  /** `x-runas-…` is for secrets: a session runs as its sub-account. */
  #ofSession({ userId, allowedRoutes, contactId }) {
    const payer = this.#database.users.get(userId).parentId
    return { accountId: userId, payer, visitorOf: null, allowedRoutes, ofContact: contactId }
  }

  /**
   * The account a call runs as: the secret's, or a sub-account by `x-runas-user-id` or
   * `x-runas-child-user-email`. One that is no sub-account of the secret's account is
   * answered as a wrong secret is (401), which tells nobody whether it exists.
   */
  #runAs(account, headers) {
    const { users } = this.#database
    const id = headers['x-runas-user-id'] ?? headers['x-runas-userid']
    const email = headers['x-runas-child-user-email']
    if (!id && !email) return { accountId: account.id }
    const child = id ? users.get(id) : users.byEmail(account.id, email)
    if (child?.parentId !== account.id) throw notAuthenticated()
    return { accountId: child.id }
  }
}

const notAuthenticated = () => new ApiError(401, 'Not authenticated')

module.exports = { Authentication }
