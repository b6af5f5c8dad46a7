'use strict'

const { contactAccess } = require('./contacts/access')
const { conversationAccess } = require('./conversations/access')
const { freshId } = require('./ids')
const { userAccess } = require('./users/access')

/** A parent account, with direct access to what it owns for tests. */
class Account {
  #database

  /**
   * @param {import('./database').Database} database
   * @param {string} secret
   */
  constructor(database, secret) {
    this.#database = database
    this.id = freshId()
    this.secret = secret
    this.users = userAccess(database.users, this.id)
    this.contacts = this.contactsOf(this.id)
    this.conversations = conversationAccess(database.conversations, this.id)
  }

  /**
   * @param {string} userId of a sub-account
   * @returns {import('./contacts/access').ContactAccess}
   */
  contactsOf(userId) {
    return contactAccess(this.#database.contacts, userId)
  }
}

module.exports = { Account }
