'use strict'

const { ContactTable } = require('./contacts/table')
const { ConversationTable } = require('./conversations/table')
const { SessionTable } = require('./sessions/table')
const { UserTable } = require('./users/table')

/** @type {Record<'insensitive' | 'sensitive', (text: string) => string>} */
const COLLATIONS = {
  insensitive: (text) => text.toLowerCase(),
  sensitive: (text) => text,
}

/** The tables of all accounts, and what goes along when a row of one is removed. */
class Database {
  /** @param {'insensitive' | 'sensitive'} comparison MySQL's way or SQLite's and PostgreSQL's */
  constructor(comparison) {
    const collate = COLLATIONS[comparison]
    this.conversations = new ConversationTable()
    this.contacts = new ContactTable(collate, (id) => this.conversations.forgetContact(id))
    this.sessions = new SessionTable()
    this.users = new UserTable(collate, (id) => {
      this.sessions.removeAllOf(id)
      this.contacts.removeAllOf(id)
      this.conversations.removeAllOf(id)
    })
  }
}

module.exports = { Database }
