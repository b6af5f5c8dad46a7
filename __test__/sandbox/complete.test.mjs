import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, call, current, send } from './fresh-sandbox.mjs'

const PATH = '/v1/conversation/complete'
const MESSAGES = [
  { type: 'user', text: 'Hello' },
  { type: 'bot', text: 'Hi' },
  { type: 'user', text: 'Who am I?' },
]
const FINGERPRINT = '9b62a3a2bce7c868f30d60f0818e84d2'

const complete = (body, headers) => call(PATH, { body: { messages: MESSAGES, ...body }, headers })

describe('conversation/complete', () => {
  test('answers the same reply each time, under /api/v1 too', async () => {
    const expected = {
      text: 'Hello. You said: Who am I?',
      usage: { token: 6 },
      end: { reason: 'stop' },
    }
    assert.deepEqual((await complete()).json, expected)
    assert.deepEqual((await call(`/api${PATH}`, { body: { messages: MESSAGES } })).json, expected)
    assert.equal(current.sandbox.requests[0].route, 'conversation/complete')
  })

  test('says which contact it speaks with: the name, else the nick, the address, the id', async () => {
    const { contacts } = current.sandbox
    const { id } = contacts.add({})
    const said = async () => (await complete({ contactId: id })).json.text
    assert.equal(await said(), `Hello ${id}. You said: Who am I?`)
    contacts.change(id, { email: 'ada@example.com' })
    assert.equal(await said(), 'Hello ada@example.com. You said: Who am I?')
    contacts.change(id, { name: 'Ada' })
    assert.equal(await said(), 'Hello Ada. You said: Who am I?')
  })

  test('a contact that is unknown answers 404, one of another account 403', async () => {
    const { id } = current.sandbox.addPartner('other').contacts.add({})
    await assertError(complete({ contactId: 'cnobody' }), 404, 'NOT_FOUND', 'Contact not found')
    const refused = await complete({ contactId: id })
    await assertError(refused, 403, 'NOT_AUTHORIZED')
    assert.equal(refused.headers.get('x-failure-code'), null)
    for (const contactId of ['', null]) {
      assert.equal((await complete({ contactId })).status, 200)
    }
  })

  test('an object finds or makes a trusted contact', async () => {
    const contactId = { fingerprint: FINGERPRINT, name: 'Ada' }
    assert.match((await complete({ contactId })).json.text, /^Hello Ada\./)
    const again = await complete({ contactId: { fingerprint: FINGERPRINT, name: 'Bob' } })
    assert.match(again.json.text, /^Hello Ada\./)
    const [contact] = current.sandbox.contacts.all()
    assert.ok(contact.verifiedAt)
    for (const wrong of [{ name: 'Ada' }, { fingerprint: FINGERPRINT, image: 'x' }, 5]) {
      await assertError(complete({ contactId: wrong }), 400, 'BAD_REQUEST')
    }
    const short = { fingerprint: 'short' }
    await assertError(complete({ contactId: short }), 500, 'GENERIC_ERROR')
  })

  test('as a sub-account it speaks with the sub-account, and uses its contacts', async () => {
    const child = current.sandbox.users.add({ name: 'Child' })
    const headers = { 'x-runas-user-id': child.id }
    assert.match((await complete({}, headers)).json.text, /^Hello Child\./)
    const { id } = current.sandbox.contactsOf(child.id).add({ name: 'Ada' })
    assert.match((await complete({ contactId: id }, headers)).json.text, /^Hello Ada\./)
    await assertError(complete({ contactId: id }), 403, 'NOT_AUTHORIZED')
  })

  test('streams one event a line to whom accepts application/jsonl', async () => {
    const headers = { accept: 'application/jsonl' }
    const response = await send(PATH, { body: { messages: MESSAGES }, headers })
    assert.match(response.headers.get('content-type'), /^application\/jsonl/)
    const lines = (await response.text()).trim().split('\n')
    const events = lines.map((line) => JSON.parse(line))
    const tokens = events.filter(({ type }) => type === 'token')
    assert.ok(tokens.length > 1)
    const { type, data } = events.at(-1)
    assert.equal(type, 'result')
    assert.equal(tokens.map((token) => token.data.token).join(''), data.text)
    assert.deepEqual(data, (await complete()).json)
  })
})

describe('the body of conversation/complete', () => {
  test('takes what the API takes', async () => {
    const body = {
      ...{ botId: 'cbot', backstory: 'b', model: 'm', datasetId: null, skillsetId: '' },
      ...{ privacy: true, moderation: false, namespace: 'n', debug: false },
      messages: [
        { type: 'activity', text: '', meta: {}, id: 'x', createdAt: 5, name: 'n' },
        { type: 'user', text: 'Hello', meta: null },
      ],
      attachments: [{ url: 'https://example.com/a.png' }],
      functions: [{ name: 'f', description: 'd', parameters: {} }],
      extensions: { backstory: 'more' },
      limits: { iterations: 1 },
    }
    assert.equal((await complete(body)).status, 200)
  })

  test('answers 400 for anything else', async () => {
    const wrong = [
      { messages: undefined },
      { messages: [] },
      { messages: null },
      { messages: ['Hello'] },
      { messages: [{ type: 'user' }] },
      { messages: [{ text: 'Hello' }] },
      { messages: [{ type: 'assistant', text: 'Hello' }] },
      { messages: [{ type: 'user', text: null }] },
      { messages: [{ type: 'user', text: 'Hello', role: 'user' }] },
      { text: 'Hello' },
      { model: { name: 'm' } },
      { privacy: 'yes' },
      { limits: { iterations: 0 } },
      { limits: { tokens: 1 } },
      { attachments: [{ url: 'https://example.com/a.png' }] },
      { attachments: [{ url: 'ftp://example.com' }], namespace: 'n' },
    ]
    for (const body of wrong) await assertError(complete(body), 400, 'BAD_REQUEST')
  })
})
