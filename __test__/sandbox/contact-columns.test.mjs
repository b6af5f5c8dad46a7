import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertError,
  createContact,
  current,
  ensureContact,
  fetchContact,
  updateContact,
} from './fresh-sandbox.mjs'

/** The most that goes into a field, in UTF-8 bytes. */
const BYTES = { name: 191, fingerprint: 191, nick: 191, description: 65_535, preferences: 65_535 }

describe('the columns of a contact', () => {
  test('take so many UTF-8 bytes', async () => {
    for (const [field, bytes] of Object.entries(BYTES)) {
      const full = `${'ä'.repeat((bytes - 1) / 2)}x`
      assert.equal((await createContact({ [field]: full })).status, 200, field)
      const words = `"${field}" length must be less than or equal to ${bytes} bytes long`
      await assertError(createContact({ [field]: `${full}x` }), 400, 'BAD_REQUEST', words)
    }
  })

  test('an address may have 191 bytes', async () => {
    const address = (bytes) => {
      const domain = `${'d'.repeat(60)}.${'d'.repeat(60)}.example`
      return `${'a'.repeat(bytes - domain.length - 1)}@${domain}`
    }
    assert.equal((await createContact({ email: address(191) })).status, 200)
    await assertError(createContact({ email: address(192) }), 400, 'BAD_REQUEST')
  })

  test('some take no null, and fail in the database', async () => {
    const { id } = current.sandbox.contacts.add({})
    for (const field of ['name', 'description', 'fingerprint', 'meta']) {
      const error = [500, 'GENERIC_ERROR', 'System error occurred']
      await assertError(createContact({ [field]: null }), ...error)
      await assertError(updateContact(id, { [field]: null }), ...error)
    }
    await assertError(ensureContact({ name: null }), 500, 'GENERIC_ERROR')
    assert.equal(current.sandbox.contacts.all().length, 1)
  })

  test('the others are cleared by null, and texts by ""', async () => {
    const { id } = current.sandbox.contacts.add({ name: 'Ada', email: 'a@b.co', verifiedAt: 5 })
    const nulls = { email: null, phone: null, nick: null, preferences: null, verifiedAt: null }
    await updateContact(id, { ...nulls, name: '', description: '' })
    const { name, description, ...contact } = await fetchContact(id)
    assert.deepEqual([name, description], ['', ''])
    for (const field of Object.keys(nulls)) assert.equal(contact[field], null)
  })

  test('update leaves alone what is left out, and moves updatedAt', async () => {
    const before = current.sandbox.contacts.add({ name: 'Ada', email: 'a@b.co', createdAt: 5 })
    assert.deepEqual((await updateContact(before.id, { nick: 'countess' })).json, { id: before.id })
    const { updatedAt, ...contact } = await fetchContact(before.id)
    const { updatedAt: then, ...rest } = before
    assert.deepEqual(contact, { ...rest, nick: 'countess' })
    assert.ok(updatedAt > then)
  })

  test('verifiedAt is a number of milliseconds, and 0 counts as left out', async () => {
    const { id } = (await createContact({ verifiedAt: 1_700_000_000_000 })).json
    await updateContact(id, { verifiedAt: 0 })
    assert.equal((await fetchContact(id)).verifiedAt, 1_700_000_000_000)
    await updateContact(id, { verifiedAt: null })
    assert.equal((await fetchContact(id)).verifiedAt, null)
    const created = await createContact({ verifiedAt: 0 })
    assert.equal((await fetchContact(created.json.id)).verifiedAt, null)
  })
})
