import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertError,
  CONTACTS,
  call,
  createContact,
  current,
  fetchContact,
  updateContact,
} from './fresh-sandbox.mjs'

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

const FULL = {
  name: 'Ada',
  description: 'first',
  fingerprint: 'ada-of-the-engine',
  email: 'ada@example.com',
  phone: '+442079460123',
  nick: 'countess',
  preferences: 'lang=en',
  verifiedAt: 1_700_000_000_000,
  meta: { plan: 'pro' },
}

describe('contact/create', () => {
  test('answers the id only', async () => {
    const { json } = await createContact({ name: 'Ada' })
    assert.deepEqual(Object.keys(json), ['id'])
    assert.match(json.id, /^c[a-z0-9]{24}$/)
  })

  test('fetch and list give every field, null or "" where it is not set', async () => {
    const { id } = (await createContact({})).json
    const { createdAt, updatedAt, fingerprint, ...contact } = await fetchContact(id)
    assert.deepEqual(contact, { id, ...EMPTY })
    assert.match(fingerprint, /^c[a-z0-9]{24}$/)
    assert.notEqual(fingerprint, id)
    assert.ok(Math.abs(Date.now() - createdAt) < 5000 && updatedAt === createdAt)
    const { items } = (await call(`${CONTACTS}/list`)).json
    assert.deepEqual(items, [await fetchContact(id)])
  })

  test('stores all that is given', async () => {
    const { id } = (await createContact(FULL)).json
    const { createdAt: _, updatedAt: __, ...contact } = await fetchContact(id)
    assert.deepEqual(contact, { id, ...FULL })
  })

  test('an address is neither unique nor trimmed nor lower-cased, and "" is stored as ""', async () => {
    for (const email of ['Ada@Example.com', 'Ada@Example.com', '', null]) {
      const { id } = (await createContact({ email })).json
      assert.equal((await fetchContact(id)).email, email)
    }
  })

  test('a phone number is stored in E.164, a US one without a prefix too', async () => {
    for (const [phone, stored] of [
      ['(202) 456-1111', '+12024561111'],
      ['1 202 456 1111', '+12024561111'],
      ['+44 20 7946 0123', '+442079460123'],
      ['', ''],
    ]) {
      const { id } = (await createContact({ phone })).json
      assert.equal((await fetchContact(id)).phone, stored)
    }
    for (const phone of ['12', 'ada', '+1 055 456 1111', '+0123456789', '020 7946 0123']) {
      await assertError(createContact({ phone }), 400, 'BAD_REQUEST')
    }
  })

  test('answers 400 for wrong types and bad addresses, naming the member', async () => {
    const wrong = [
      { name: 1 },
      { description: {} },
      { fingerprint: 5 },
      { email: 'ada' },
      { email: ' ada@example.com' },
      { email: 'ada@example.com.' },
      { phone: 5 },
      { nick: [] },
      { preferences: {} },
      { verifiedAt: 'now' },
      { meta: [] },
    ]
    for (const body of wrong) {
      const answer = await createContact(body)
      await assertError(answer, 400, 'BAD_REQUEST')
      assert.match(answer.json.message, new RegExp(`^"${Object.keys(body)[0]}" `))
    }
    assert.deepEqual(current.sandbox.contacts.all(), [])
  })

  test('answers 400 for members that it does not know', async () => {
    const { id } = current.sandbox.contacts.add({})
    for (const member of ['image', 'alias', 'limits', 'id', 'createdAt']) {
      const words = `"${member}" is not allowed`
      await assertError(createContact({ [member]: 'x' }), 400, 'BAD_REQUEST', words)
      await assertError(updateContact(id, { [member]: 'x' }), 400, 'BAD_REQUEST', words)
    }
  })
})
