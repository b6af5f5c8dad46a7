'use strict'

const { jsonLines, ok, wantsJsonLines } = require('../answers')
const { ensureContact } = require('../contacts/ensure')
const { readVisitor } = require('../contacts/fields')
const { findContact } = require('../contacts/find')
const { ApiError, notAuthorized } = require('../errors')
const { decodeReference } = require('../references')
const { readCompletion } = require('./fields')
const { replyEvents, replyText } = require('./reply')

/** The conversation has a contact already: nothing is stored. */
const NOT_MODIFIED = { status: 304, headers: {}, text: '' }

/** @type {Record<import('../routes').ConversationRoute, import('../api').Handler>} */
const CONVERSATION_HANDLERS = {
  'conversation/complete'(call) {
    const { messages, contactId: named } = readCompletion(call.body)
    // A session that speaks for a contact speaks for no other.
    const contactId = call.ofContact ?? named
    const events = replyEvents(messages, replyText(messages, partnerName(call, contactId)))
    return wantsJsonLines(call.accept) ? jsonLines(events) : ok(events.at(-1).data)
  },

  'conversation/contact/upsert'(call) {
    const fields = readVisitor(call.body)
    // Whoever knows a fingerprint of somebody else could speak as that person.
    if (fields.fingerprint?.trim() && call.visitorOf) throw notAuthorized('Cannot use fingerprint')
    const conversation = conversationOf(call)
    if (conversation.contactId) return NOT_MODIFIED
    const { id } = ensureContact(call.contacts, conversation.accountId, fields)
    call.conversations.setContact(conversation, id)
    return ok({ id })
  },
}

/** Whom the reply speaks with: the contact, else the sub-account that the call runs as. */
function partnerName({ contacts, users, accountId }, contactId) {
  const person = contactId ? contactNamed(contacts, accountId, contactId) : users.get(accountId)
  return person && (person.name || person.nick || person.email || person.id)
}

function contactNamed(contacts, accountId, contactId) {
  return typeof contactId === 'string'
    ? findContact(contacts, accountId, contactId)
    : ensureContact(contacts, accountId, contactId)
}

/** A visitor has the one conversation that the token was made for. */
function conversationOf({ conversations, accountId, visitorOf, reference }) {
  const row = conversations.get(decodeReference(reference))
  if (!row) throw new ApiError(404, 'Conversation not found')
  if (row.accountId !== accountId || (visitorOf ?? row.id) !== row.id) throw notAuthorized()
  return row
}

module.exports = { CONVERSATION_HANDLERS }
