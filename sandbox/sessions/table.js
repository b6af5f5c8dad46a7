'use strict'

const { randomBytes } = require('node:crypto')

const { freshId } = require('../ids')

/**
 * A stored session of a sub-account.
 *
 * @typedef {object} ApiSession
 * @property {string} id
 * @property {string} userId whom it speaks for
 * @property {number} expiresAt epoch milliseconds
 * @property {string[] | undefined} allowedRoutes globs; undefined allows everything
 * @property {string | undefined} contactId the contact that every call is about
 */

/** The sessions of all sub-accounts. Nothing ends one before its time, but the sub-account's end. */
class SessionTable {
  /** @type {Map<string, ApiSession>} */
  #rows = new Map()

  /**
   * @param {Omit<ApiSession, 'id'>} fields
   * @returns {{ id: string, token: string }}
   */
  insert(fields) {
    const token = `sandbox-session-${randomBytes(24).toString('base64url')}`
    const row = { id: freshId(), ...fields }
    this.#rows.set(token, row)
    return { id: row.id, token }
  }

  /**
   * @param {string} token
   * @returns {ApiSession | undefined} undefined for a token that is unknown or expired
   */
  ofToken(token) {
    const row = this.#rows.get(token)
    return row && row.expiresAt > Date.now() ? row : undefined
  }

  /** @param {string} userId */
  removeAllOf(userId) {
    for (const [token, row] of this.#rows) if (row.userId === userId) this.#rows.delete(token)
  }
}

const ROOTS = ['/api/v1/', '/v1/']

/**
 * Whether a session may ask a path. Without a leading slash a glob is read below the API's roots; one
 * that begins with `!` forbids what others allow.
 *
 * @param {string[] | undefined} allowedRoutes
 * @param {string} path
 */
function allows(allowedRoutes, path) {
  if (allowedRoutes === undefined) return true
  const matches = (glob) => {
    const globs = glob.startsWith('/') ? [glob] : ROOTS.map((root) => root + glob)
    return globs.some((it) => expressionOf(it).test(path))
  }
  const isForbidden = allowedRoutes.some((it) => it.startsWith('!') && matches(it.slice(1)))
  return !isForbidden && allowedRoutes.some((it) => !it.startsWith('!') && matches(it))
}

/** `*` is a part of a path, and `**` any number of parts. */
function expressionOf(glob) {
  const parts = glob.split(/(\*+)/).map((part, index) => {
    if (index % 2 === 1) return part.length > 1 ? '.*' : '[^/]*'
    return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`)
}

module.exports = { SessionTable, allows }
