'use strict'

const { ApiError, genericError, notAuthorized, systemError } = require('../errors')

/**
 * The contact that a reference names: an id, or `(NAME)`.
 *
 * @param {import('./table').ContactTable} contacts
 * @param {string} accountId
 * @param {string} reference
 * @returns {import('./table').Contact}
 * @throws {ApiError} 404 when there is none, 403 when it is another account's, 500 for a
 *   reference that the platform cannot read
 */
function findContact(contacts, accountId, reference) {
  const row = resolve(contacts, accountId, reference.trim())
  if (!row) throw new ApiError(404, 'Contact not found')
  if (row.accountId !== accountId) throw notAuthorized()
  return row
}

function resolve(contacts, accountId, reference) {
  if (reference === '') throw genericError('Identifier is required')
  // An alias. Contacts have none, and the database none of the columns that are asked for.
  if (reference.startsWith('@')) throw systemError()
  const name = /^\((.*)\)$/s.exec(reference)?.[1].trim()
  if (name === '') throw genericError('Name is required')
  // Of several of that name the first in the table, which is the oldest.
  return name === undefined
    ? contacts.get(reference)
    : contacts.allOf(accountId).findLast((row) => row.name === name)
}

module.exports = { findContact }
