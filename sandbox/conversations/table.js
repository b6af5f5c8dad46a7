'use strict'

const { randomBytes } = require('node:crypto')

const { freshId } = require('../ids')

/**
 * A stored conversation. Nothing of what is said in it is kept.
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {string} accountId
 * @property {string | null} contactId
 * @property {number} createdAt epoch milliseconds
 */

/** The conversations of all accounts, and the tokens of their visitors. */
class ConversationTable {
  /** @type {Map<string, Conversation>} */
  #rows = new Map()
  /** @type {Map<string, {conversationId: string, expiresAt: number}>} */
  #tokens = new Map()

  /**
   * @param {string} accountId
   * @param {string | null} contactId
   * @returns {Conversation}
   */
  insert(accountId, contactId) {
    const row = { id: freshId(), accountId, contactId, createdAt: Date.now() }
    this.#rows.set(row.id, row)
    return row
  }

  /**
   * @param {string} id
   * @returns {Conversation | undefined}
   */
  get(id) {
    return this.#rows.get(id)
  }

  /**
   * @param {Conversation} row
   * @param {string} contactId
   */
  setContact(row, contactId) {
    this.#rows.set(row.id, { ...row, contactId })
  }

  /**
   * Conversations outlive their contact.
   *
   * @param {string} contactId
   */
  forgetContact(contactId) {
    for (const row of this.#rows.values()) {
      if (row.contactId === contactId) this.#rows.set(row.id, { ...row, contactId: null })
    }
  }

  /** @param {string} accountId */
  removeAllOf(accountId) {
    for (const row of this.#rows.values()) {
      if (row.accountId === accountId) this.#rows.delete(row.id)
    }
  }

  /**
   * A token as a widget gets it for its visitor.
   *
   * @param {string} conversationId
   * @param {number} expiresAt epoch milliseconds
   * @returns {string}
   */
  issueToken(conversationId, expiresAt) {
    const token = `sandbox-visitor-${randomBytes(24).toString('base64url')}`
    this.#tokens.set(token, { conversationId, expiresAt })
    return token
  }

  /**
   * @param {string} token
   * @returns {Conversation | undefined} undefined for a token that is unknown or expired
   */
  ofToken(token) {
    const issued = this.#tokens.get(token)
    return issued && issued.expiresAt > Date.now() ? this.get(issued.conversationId) : undefined
  }
}

module.exports = { ConversationTable }
