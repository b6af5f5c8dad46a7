'use strict'

const { UserTable } = require('./users/table')

/** @type {Record<'insensitive' | 'sensitive', (text: string) => string>} */
const COLLATIONS = {
  insensitive: (text) => text.toLowerCase(),
  sensitive: (text) => text,
}

/** The tables of all accounts. */
class Database {
  /** @param {'insensitive' | 'sensitive'} comparison MySQL's way or SQLite's and PostgreSQL's */
  constructor(comparison) {
    this.users = new UserTable(COLLATIONS[comparison])
  }
}

module.exports = { Database }
