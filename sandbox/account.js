'use strict'

const { freshId } = require('./ids')

const USER_FIELDS = new Set([
  ...['id', 'alias', 'name', 'description', 'image', 'email', 'limits', 'meta'],
  ...['createdAt', 'updatedAt'],
])

/**
 * A parent account, with direct access to its users for tests. Nothing here
 * passes through HTTP, is logged, or is checked beyond what a database checks
 * (unique address, alias and id), so that states the API would refuse to make
 * can be made. What goes in and comes out is copied.
 */
class Account {
  #table

  /**
   * @param {import('./users').UserTable} table
   * @param {string} secret
   */
  constructor(table, secret) {
    this.#table = table
    this.id = freshId()
    this.secret = secret
    /** @type {AccountUsers} */
    this.users = {
      add: (user) => this.#add(user),
      get: (id) => copy(this.#own(id)),
      findByEmail: (email) => copy(this.#table.byEmail(this.id, email)),
      all: () => this.#table.childrenOf(this.id).map(copy),
      clear: () => {
        for (const row of this.#table.childrenOf(this.id)) this.#table.remove(row)
      },
    }
  }

  #add(user) {
    for (const field of Object.keys(user)) {
      if (!USER_FIELDS.has(field)) throw new TypeError(`Unknown user field: ${field}`)
    }
    const given = Object.entries(structuredClone(user)).filter(([, value]) => value !== undefined)
    const { email, ...fields } = Object.fromEntries(given)
    // The empty address is stored as null, and null is not unique.
    return copy(this.#table.insert(this.id, { ...fields, email: email || null }))
  }

  #own(id) {
    const row = this.#table.get(id)
    return row?.parentId === this.id ? row : undefined
  }
}

function copy(row) {
  if (!row) return null
  const { parentId: _, ...user } = structuredClone(row)
  return user
}

/**
 * @typedef {Omit<import('./users').User, 'parentId'>} StoredUser times in epoch milliseconds
 *
 * @typedef {object} AccountUsers
 * @property {(user: Partial<StoredUser>) => StoredUser} add throws when the address, alias or id is taken
 * @property {(id: string) => StoredUser | null} get
 * @property {(email: string) => StoredUser | null} findByEmail compares as the sandbox's database does
 * @property {() => StoredUser[]} all newest first
 * @property {() => void} clear removes them all, with their own sub-accounts
 */

module.exports = { Account }
