'use strict'

const { ok } = require('../answers')
const { listAnswer } = require('../list')
const { matchesMeta, metaFilters, updatedMeta } = require('../meta')
const { decodeReference } = require('../references')
const { ensureContact } = require('./ensure')
const { readContact, storable } = require('./fields')
const { findContact } = require('./find')

/** @type {Record<import('../routes').ContactRoute, import('../api').Handler>} */
const CONTACT_HANDLERS = {
  'contact/list'(call) {
    call.limits.admitList(call.payer)
    return contactPage(call)
  },

  'contact/export': contactPage,

  'contact/fetch'(call) {
    return ok(shown(contactOf(call)))
  },

  'contact/create'({ contacts, accountId, body }) {
    return ok({ id: contacts.insert(accountId, storable(readContact(body))).id })
  },

  'contact/ensure'({ contacts, accountId, body }) {
    return ok({ id: ensureContact(contacts, accountId, readContact(body)).id })
  },

  'contact/update'(call) {
    const fields = readContact(call.body)
    const row = contactOf(call)
    if (fields.meta) fields.meta = updatedMeta(fields.meta, row.meta)
    call.contacts.change(row, storable(fields))
    return ok({ id: row.id })
  },

  'contact/delete'(call) {
    const row = contactOf(call)
    call.contacts.remove(row)
    return ok({ id: row.id })
  },
}

function contactPage(call) {
  const filters = call.ignoreMetaFilter ? [] : metaFilters(call.query)
  const isWanted = (row) => matchesMeta(row.meta, filters)
  return listAnswer(call, call.contacts.allOf(call.accountId), isWanted, shown)
}

function contactOf({ contacts, accountId, reference }) {
  return findContact(contacts, accountId, decodeReference(reference))
}

/** A contact as the API shows it: every field is there, whether it is set or not. */
function shown({ accountId: _, ...contact }) {
  return contact
}

module.exports = { CONTACT_HANDLERS }
