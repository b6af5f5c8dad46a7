'use strict'

const { conflict } = require('../errors')
const { freshId } = require('../ids')
const { newestFirst } = require('../list')

/**
 * A stored contact.
 *
 * @typedef {object} Contact
 * @property {string} id
 * @property {string} accountId
 * @property {string} name
 * @property {string} description
 * @property {string} fingerprint unique within the account
 * @property {string | null} email not unique
 * @property {string | null} phone
 * @property {string | null} nick
 * @property {string | null} preferences
 * @property {number | null} verifiedAt epoch milliseconds
 * @property {Record<string, unknown> | null} meta
 * @property {number} createdAt epoch milliseconds
 * @property {number} updatedAt epoch milliseconds
 */

const EMPTY = {
  name: '',
  description: '',
  email: null,
  phone: null,
  nick: null,
  preferences: null,
  verifiedAt: null,
  meta: null,
}

/** The contacts of all accounts. Rows are never changed in place: a change puts a new row. */
class ContactTable {
  /** @type {Map<string, Contact>} */
  #rows = new Map()
  /** @type {Map<string, string>} account and fingerprint to id */
  #byFingerprint = new Map()
  #collate
  #onRemove

  /**
   * @param {(text: string) => string} collate equal for texts that the database takes for equal
   * @param {(id: string) => void} onRemove
   */
  constructor(collate, onRemove) {
    this.#collate = collate
    this.#onRemove = onRemove
  }

  /**
   * @param {string} accountId
   * @param {Partial<Contact>} fields an id, a fingerprint and times are made where absent
   * @returns {Contact}
   * @throws {import('../errors').ApiError} 409 when the fingerprint or id is taken
   */
  insert(accountId, fields) {
    const createdAt = fields.createdAt ?? Date.now()
    const { id = freshId(), fingerprint = freshId() } = fields
    if (this.#rows.has(id)) throw conflict()
    const made = { id, accountId, fingerprint, createdAt }
    return this.#put({ ...EMPTY, updatedAt: createdAt, ...fields, ...made })
  }

  /**
   * @param {Contact} row
   * @param {Partial<Contact>} fields those absent are left alone
   * @returns {Contact}
   * @throws {import('../errors').ApiError} 409 when the fingerprint is taken
   */
  change(row, fields) {
    return this.#put({ ...row, updatedAt: Date.now(), ...fields, id: row.id })
  }

  /** @param {Contact} row */
  remove(row) {
    this.#byFingerprint.delete(this.#fingerprintKey(row))
    this.#rows.delete(row.id)
    this.#onRemove(row.id)
  }

  /** @param {string} accountId */
  removeAllOf(accountId) {
    for (const row of this.allOf(accountId)) this.remove(row)
  }

  /**
   * @param {string} id
   * @returns {Contact | undefined}
   */
  get(id) {
    return this.#rows.get(id)
  }

  /**
   * @param {string} accountId
   * @returns {Contact[]} newest first
   */
  allOf(accountId) {
    return newestFirst([...this.#rows.values()].filter((row) => row.accountId === accountId))
  }

  /**
   * @param {string} accountId
   * @param {string} fingerprint
   * @returns {Contact | undefined}
   */
  byFingerprint(accountId, fingerprint) {
    const key = this.#fingerprintKey({ accountId, fingerprint })
    return this.#rows.get(this.#byFingerprint.get(key))
  }

  #put(row) {
    const key = this.#fingerprintKey(row)
    if ((this.#byFingerprint.get(key) ?? row.id) !== row.id) throw conflict()
    const before = this.#rows.get(row.id)
    if (before) this.#byFingerprint.delete(this.#fingerprintKey(before))
    this.#byFingerprint.set(key, row.id)
    this.#rows.set(row.id, row)
    return row
  }

  #fingerprintKey({ accountId, fingerprint }) {
    return `${accountId} ${this.#collate(fingerprint)}`
  }
}

module.exports = { ContactTable }
