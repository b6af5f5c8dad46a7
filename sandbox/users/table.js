'use strict'

const { conflict } = require('../errors')
const { freshId } = require('../ids')
const { newestFirst } = require('../list')

/**
 * A stored user. Every account is such a row: `parentId` is the account it is a
 * sub-account of.
 *
 * @typedef {object} User
 * @property {string} id
 * @property {string} parentId
 * @property {string | null} alias unique within the parent account
 * @property {string | null} name
 * @property {string | null} description
 * @property {string | null} image
 * @property {string | null} email unique within the parent account
 * @property {Record<string, unknown> | null} limits
 * @property {Record<string, unknown> | null} meta as written, the platform's own keys included
 * @property {number} createdAt epoch milliseconds
 * @property {number} updatedAt epoch milliseconds
 */

const EMPTY = {
  alias: null,
  name: null,
  description: null,
  image: null,
  email: null,
  limits: null,
  meta: null,
}

/** The users of all accounts. Rows are never changed in place: a change puts a new row. */
class UserTable {
  /** @type {Map<string, User>} */
  #rows = new Map()
  /** @type {Map<string, string>} parent account and address, or alias, to id */
  #unique = new Map()
  #collate
  #onRemove

  /**
   * @param {(text: string) => string} collate equal for texts that the database takes for equal
   * @param {(id: string) => void} onRemove removes what else the account with this id owns
   */
  constructor(collate, onRemove) {
    this.#collate = collate
    this.#onRemove = onRemove
  }

  /**
   * @param {string} parentId
   * @param {Partial<User>} fields an id and times are made where absent
   * @returns {User}
   * @throws {import('../errors').ApiError} 409 when the address, alias or id is taken
   */
  insert(parentId, fields) {
    const createdAt = fields.createdAt ?? Date.now()
    const id = fields.id ?? freshId()
    if (this.#rows.has(id)) throw conflict()
    return this.#put({ ...EMPTY, updatedAt: createdAt, ...fields, id, parentId, createdAt })
  }

  /**
   * @param {User} row
   * @param {Partial<User>} fields those absent are left alone
   * @returns {User}
   * @throws {import('../errors').ApiError} 409 when the address or alias is taken
   */
  change(row, fields) {
    return this.#put({ ...row, ...fields, updatedAt: Date.now() })
  }

  /**
   * Irreversible: everything the user owns goes along, its own sub-accounts too.
   *
   * @param {User} row
   */
  remove(row) {
    for (const child of this.childrenOf(row.id)) this.remove(child)
    for (const key of this.#uniqueKeys(row)) this.#unique.delete(key)
    this.#rows.delete(row.id)
    this.#onRemove(row.id)
  }

  /**
   * @param {string} id
   * @returns {User | undefined}
   */
  get(id) {
    return this.#rows.get(id)
  }

  /**
   * @param {string} parentId
   * @returns {User[]} newest first
   */
  childrenOf(parentId) {
    return newestFirst([...this.#rows.values()].filter((row) => row.parentId === parentId))
  }

  /**
   * @param {string} parentId
   * @param {string} email
   * @returns {User | undefined}
   */
  byEmail(parentId, email) {
    return this.#rows.get(this.#unique.get(this.#emailIndexKey(parentId, email)))
  }

  /**
   * @param {string} parentId
   * @param {string} alias
   * @returns {User | undefined}
   */
  byAlias(parentId, alias) {
    return this.#rows.get(this.#unique.get(aliasIndexKey(parentId, alias)))
  }

  #put(row) {
    const before = this.#rows.get(row.id)
    const keys = this.#uniqueKeys(row)
    for (const key of keys) {
      if ((this.#unique.get(key) ?? row.id) !== row.id) throw conflict()
    }
    if (before) for (const key of this.#uniqueKeys(before)) this.#unique.delete(key)
    for (const key of keys) this.#unique.set(key, row.id)
    this.#rows.set(row.id, row)
    return row
  }

  #uniqueKeys({ parentId, email, alias }) {
    const keys = []
    if (email !== null) keys.push(this.#emailIndexKey(parentId, email))
    if (alias !== null) keys.push(aliasIndexKey(parentId, alias))
    return keys
  }

  #emailIndexKey(parentId, email) {
    return `email ${parentId} ${this.#collate(email)}`
  }
}

const aliasIndexKey = (parentId, alias) => `alias ${parentId} ${alias}`

module.exports = { UserTable }
