'use strict'

const { freshId } = require('./ids')
const { userAccess } = require('./users/access')

/** A parent account, with direct access to what it owns for tests. */
class Account {
  /**
   * @param {import('./database').Database} database
   * @param {string} secret
   */
  constructor(database, secret) {
    this.id = freshId()
    this.secret = secret
    this.users = userAccess(database.users, this.id)
  }
}

module.exports = { Account }
