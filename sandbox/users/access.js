'use strict'

const FIELDS = new Set([
  ...['id', 'alias', 'name', 'description', 'image', 'email', 'limits', 'meta'],
  ...['createdAt', 'updatedAt'],
])

/**
 * Direct access to the sub-accounts of an account, for tests. Nothing here passes through HTTP, is
 * logged, or is checked beyond what a database checks (unique address, alias and id), so that
 * states the API would refuse to make can be made. What goes in and comes out is copied.
 *
 * @param {import('./table').UserTable} users
 * @param {string} accountId
 * @returns {UserAccess}
 */
function userAccess(users, accountId) {
  const own = (id) => [users.get(id)].find((row) => row?.parentId === accountId)
  return {
    add: (user) => copy(users.insert(accountId, given(user))),
    get: (id) => copy(own(id)),
    findByEmail: (email) => copy(users.byEmail(accountId, email)),
    all: () => users.childrenOf(accountId).map(copy),
    clear() {
      for (const row of users.childrenOf(accountId)) users.remove(row)
    },
  }
}

function given(user) {
  for (const field of Object.keys(user)) {
    if (!FIELDS.has(field)) throw new TypeError(`Unknown user field: ${field}`)
  }
  const fields = Object.entries(structuredClone(user)).filter(([, value]) => value !== undefined)
  const { email, ...others } = Object.fromEntries(fields)
  // The empty address is stored as null, and null is not unique.
  return { ...others, email: email || null }
}

function copy(row) {
  if (!row) return null
  const { parentId: _, ...user } = structuredClone(row)
  return user
}

/**
 * @typedef {Omit<import('./table').User, 'parentId'>} StoredUser times in epoch milliseconds
 *
 * @typedef {object} UserAccess
 * @property {(user: Partial<StoredUser>) => StoredUser} add throws when the address, alias or id is taken
 * @property {(id: string) => StoredUser | null} get
 * @property {(email: string) => StoredUser | null} findByEmail compares as the sandbox's database does
 * @property {() => StoredUser[]} all newest first
 * @property {() => void} clear removes them all, with all that they own
 */

module.exports = { userAccess }
