'use strict'

const FIELDS = new Set([
  ...['id', 'name', 'description', 'fingerprint', 'email', 'phone', 'nick', 'preferences'],
  ...['verifiedAt', 'meta', 'createdAt', 'updatedAt'],
])

/**
 * Direct access to the contacts of an account, for tests. Nothing here passes through HTTP, is
 * logged, or is checked beyond what a database checks (unique fingerprint and id), so that states
 * the API would refuse to make can be made. What goes in and comes out is copied.
 *
 * @param {import('./table').ContactTable} contacts
 * @param {string} accountId
 * @returns {ContactAccess}
 */
function contactAccess(contacts, accountId) {
  const own = (id) => [contacts.get(id)].find((row) => row?.accountId === accountId)
  return {
    add: (contact) => copy(contacts.insert(accountId, given(contact))),
    change(id, fields) {
      const row = own(id)
      if (!row) throw new TypeError(`No such contact: ${id}`)
      return copy(contacts.change(row, given(fields)))
    },
    get: (id) => copy(own(id)),
    findByFingerprint: (fingerprint) => copy(contacts.byFingerprint(accountId, fingerprint)),
    allByEmail: (email) => contacts.allOf(accountId).filter(hasEmail(email)).map(copy),
    all: () => contacts.allOf(accountId).map(copy),
    clear: () => contacts.removeAllOf(accountId),
  }
}

function given(contact) {
  for (const field of Object.keys(contact)) {
    if (!FIELDS.has(field)) throw new TypeError(`Unknown contact field: ${field}`)
  }
  const fields = Object.entries(structuredClone(contact))
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

function hasEmail(email) {
  const wanted = email.toLowerCase()
  return (row) =>
    [row.email, row.meta?.email].some((address) => String(address).toLowerCase() === wanted)
}

function copy(row) {
  if (!row) return null
  const { accountId: _, ...contact } = structuredClone(row)
  return contact
}

/**
 * @typedef {Omit<import('./table').Contact, 'accountId'>} StoredContact times in epoch milliseconds
 *
 * @typedef {object} ContactAccess
 * @property {(contact: Partial<StoredContact>) => StoredContact} add throws when the fingerprint or id is taken
 * @property {(id: string, fields: Partial<StoredContact>) => StoredContact} change throws when there is none, or the fingerprint is taken
 * @property {(id: string) => StoredContact | null} get
 * @property {(fingerprint: string) => StoredContact | null} findByFingerprint compares as the sandbox's database does
 * @property {(email: string) => StoredContact[]} allByEmail those with it as `email` or `meta.email`, in any case; newest first
 * @property {() => StoredContact[]} all newest first
 * @property {() => void} clear
 */

module.exports = { contactAccess }
