'use strict'

const MS_PER_SECOND = 1000
/** Lifetime of a visitor's token, in seconds: the platform's own. */
const TOKEN_DURATION = 3600

/**
 * Direct access to the conversations of an account, for tests: the sandbox has no route that
 * makes one.
 *
 * @param {import('./table').ConversationTable} conversations
 * @param {string} accountId
 * @returns {ConversationAccess}
 */
function conversationAccess(conversations, accountId) {
  return {
    add({ contactId = null, durationInSeconds = TOKEN_DURATION } = {}) {
      const { id } = conversations.insert(accountId, contactId)
      const expiresAt = Date.now() + durationInSeconds * MS_PER_SECOND
      return { id, contactId, token: conversations.issueToken(id, expiresAt), expiresAt }
    },
    get(id) {
      const row = conversations.get(id)
      return row?.accountId === accountId ? { id, contactId: row.contactId } : null
    },
  }
}

/**
 * @typedef {object} ConversationAccess
 * @property {(options?: {contactId?: string | null, durationInSeconds?: number}) => StartedConversation} add
 *   `token` is its visitor's and lasts an hour unless said otherwise
 * @property {(id: string) => {id: string, contactId: string | null} | null} get
 *
 * @typedef {{id: string, contactId: string | null, token: string, expiresAt: number}} StartedConversation
 *   `expiresAt` in epoch milliseconds
 */

module.exports = { conversationAccess }
