import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, current, ensureContact, fetchContact } from './fresh-sandbox.mjs'

const FINGERPRINT = '9b62a3a2bce7c868f30d60f0818e84d2'
const ADA = { name: 'Ada', email: 'ada@example.com' }
/** The UUID of the text `Ada;ada@example.com;;` */
const UNTRUSTED = '1de307ce-f51b-588c-b8ec-20fbcd6e1b5d'

describe('contact/ensure with a fingerprint', () => {
  test('makes a verified contact of what was sent, except verifiedAt', async () => {
    const sent = { ...ADA, fingerprint: FINGERPRINT, preferences: 'lang=en', verifiedAt: 5 }
    const { json } = await ensureContact(sent)
    assert.deepEqual(Object.keys(json), ['id'])
    const { verifiedAt, fingerprint, email, preferences } = await fetchContact(json.id)
    assert.deepEqual([fingerprint, email, preferences], [FINGERPRINT, ADA.email, 'lang=en'])
    assert.ok(Math.abs(Date.now() - verifiedAt) < 5000)
  })

  test('answers the one that was there, and stores nothing', async () => {
    const { id } = current.sandbox.contacts.add({ fingerprint: FINGERPRINT, verifiedAt: 5 })
    const { json } = await ensureContact({
      ...ADA,
      fingerprint: ` ${FINGERPRINT} `,
      meta: { a: 1 },
    })
    assert.equal(json.id, id)
    const { name, meta, verifiedAt } = await fetchContact(id)
    assert.deepEqual([name, meta, verifiedAt], ['', null, 5])
  })

  test('one that is not verified answers 500', async () => {
    current.sandbox.contacts.add({ fingerprint: FINGERPRINT })
    const answer = ensureContact({ fingerprint: FINGERPRINT })
    await assertError(answer, 500, 'GENERIC_ERROR', 'Contact is not verified')
  })

  test('exactly 16 characters, and white space, answer 500', async () => {
    for (const fingerprint of ['0123456789abcdef', '   ']) {
      await assertError(ensureContact({ fingerprint }), 500, 'GENERIC_ERROR')
    }
    assert.equal((await ensureContact({ fingerprint: '0123456789abcdefg' })).status, 200)
  })

  test('of two at once one can get 409, as a fault', async () => {
    const conflict = { type: 'status', status: 409, message: 'Unique constraint violation' }
    current.sandbox.inject({ ...conflict, route: 'contact/ensure', when: 'after', times: 1 })
    await assertError(ensureContact({ fingerprint: FINGERPRINT }), 409, 'CONFLICT')
    const { json } = await ensureContact({ fingerprint: FINGERPRINT })
    assert.equal(current.sandbox.contacts.all()[0].id, json.id)
  })
})

describe('contact/ensure without a fingerprint', () => {
  test('makes an unverified contact, whose fingerprint is a UUID of four values', async () => {
    for (const fingerprint of [undefined, '', null]) {
      const { json } = await ensureContact({ ...ADA, fingerprint, verifiedAt: 5 })
      const contact = await fetchContact(json.id)
      assert.deepEqual([contact.fingerprint, contact.verifiedAt], [UNTRUSTED, null])
    }
    assert.equal(current.sandbox.contacts.all().length, 1)
  })

  test('the four values are sorted, and those left out come last', async () => {
    const { json } = await ensureContact({ nick: 'Ada', phone: '+12024561111' })
    const other = await ensureContact({ name: 'Ada', phone: '(202) 456-1111' })
    assert.equal(other.json.id, json.id)
  })

  test('the same address under another name is another contact', async () => {
    const [one, two] = [await ensureContact(ADA), await ensureContact({ ...ADA, name: 'Countess' })]
    assert.notEqual(one.json.id, two.json.id)
  })

  test('one that is verified answers 500', async () => {
    current.sandbox.contacts.add({ fingerprint: UNTRUSTED, verifiedAt: 5 })
    await assertError(ensureContact(ADA), 500, 'GENERIC_ERROR', 'Contact is verified')
  })
})
