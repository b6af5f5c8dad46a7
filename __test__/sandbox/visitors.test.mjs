import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, CONTACTS, call, current, send } from './fresh-sandbox.mjs'

const ADA = { name: 'Ada', email: 'ada@example.com' }

const as = (token) => ({ authorization: `Bearer ${token}` })
const pathOf = ({ id }) => `/v1/conversation/${id}/contact/upsert`
const upsert = (conversation, body, headers = as(conversation.token)) =>
  call(pathOf(conversation), { body, headers })

describe('a visitor with the token of a conversation', () => {
  test('makes an untrusted contact, with whatever meta', async () => {
    const conversation = current.sandbox.conversations.add()
    const meta = { nextauth: { emailVerified: 1 }, email: ADA.email }
    const { json } = await upsert(conversation, { ...ADA, meta })
    const contact = current.sandbox.contacts.get(json.id)
    assert.deepEqual([contact.verifiedAt, contact.meta], [null, meta])
    assert.equal(contact.fingerprint, '1de307ce-f51b-588c-b8ec-20fbcd6e1b5d')
    assert.equal(current.sandbox.conversations.get(conversation.id).contactId, json.id)
  })

  test('finds the same contact from another conversation', async () => {
    const [one, two] = [current.sandbox.conversations.add(), current.sandbox.conversations.add()]
    const { json } = await upsert(one, ADA)
    assert.equal((await upsert(two, ADA)).json.id, json.id)
  })

  test('changes nothing once the conversation has a contact', async () => {
    const { id } = current.sandbox.contacts.add({})
    const conversation = current.sandbox.conversations.add({ contactId: id })
    const options = { body: ADA, headers: as(conversation.token) }
    const response = await send(pathOf(conversation), options)
    assert.equal(response.status, 304)
    assert.equal(await response.text(), '')
    assert.equal(current.sandbox.contacts.all().length, 1)
    await call(`${CONTACTS}/${id}/delete`, { body: {} })
    assert.equal((await upsert(conversation, ADA)).status, 200)
  })

  test('gives neither a fingerprint nor a verifiedAt', async () => {
    const conversation = current.sandbox.conversations.add()
    const fingerprint = '9b62a3a2bce7c868f30d60f0818e84d2'
    await assertError(upsert(conversation, { ...ADA, fingerprint }), 403, 'NOT_AUTHORIZED')
    for (const body of [{ verifiedAt: 5 }, { preferences: 'x' }, { image: 'x' }]) {
      await assertError(upsert(conversation, body), 400, 'BAD_REQUEST')
    }
    assert.deepEqual(current.sandbox.contacts.all(), [])
  })

  test('reaches no other conversation, no contact, and no completion', async () => {
    const conversation = current.sandbox.conversations.add()
    const another = current.sandbox.conversations.add()
    const headers = as(conversation.token)
    await assertError(upsert(another, ADA, headers), 403, 'NOT_AUTHORIZED')
    const { id } = current.sandbox.contacts.add({})
    for (const route of ['list', 'export', `${id}/fetch`]) {
      await assertError(call(`${CONTACTS}/${route}`, { headers }), 403, 'NOT_AUTHORIZED')
    }
    for (const route of ['create', 'ensure', `${id}/update`, `${id}/delete`]) {
      await assertError(call(`${CONTACTS}/${route}`, { body: {}, headers }), 403, 'NOT_AUTHORIZED')
    }
    const body = { messages: [{ type: 'user', text: 'Hi' }] }
    await assertError(call('/v1/conversation/complete', { body, headers }), 403, 'NOT_AUTHORIZED')
    await assertError(call('/v1/user/list', { headers }), 403, 'NOT_AUTHORIZED')
  })

  test('is refused once the token has expired', async () => {
    const conversation = current.sandbox.conversations.add({ durationInSeconds: -1 })
    await assertError(upsert(conversation, ADA), 401, 'NOT_AUTHENTICATED')
  })
})

describe('a secret', () => {
  test('may give a fingerprint, which makes a trusted contact', async () => {
    const conversation = current.sandbox.conversations.add()
    const body = { ...ADA, fingerprint: '9b62a3a2bce7c868f30d60f0818e84d2' }
    const { json } = await upsert(conversation, body, {})
    assert.notEqual(current.sandbox.contacts.get(json.id).verifiedAt, null)
  })

  test('nobody’s conversation answers 404, that of another account 403', async () => {
    const foreign = current.sandbox.addPartner('other').conversations.add()
    await assertError(upsert({ id: 'cnobody' }, ADA, {}), 404, 'NOT_FOUND')
    await assertError(upsert(foreign, ADA, {}), 403, 'NOT_AUTHORIZED')
    assert.equal(current.sandbox.conversations.get(foreign.id), null)
  })
})
