import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertError,
  createContact,
  current,
  ensureContact,
  fetchContact,
  start,
  updateContact,
} from './fresh-sandbox.mjs'

const CONFLICT = [409, 'CONFLICT', 'Unique constraint violation']

describe('fingerprints', () => {
  test('are trimmed, and shorter than 16 characters they answer 400', async () => {
    const { id } = (await createContact({ fingerprint: '  0123456789abcdef\n' })).json
    assert.equal((await fetchContact(id)).fingerprint, '0123456789abcdef')
    for (const fingerprint of ['x', '0123456789abcde', `${' '.repeat(20)}0123456789abcde`]) {
      for (const answer of [
        createContact({ fingerprint }),
        ensureContact({ fingerprint }),
        updateContact(id, { fingerprint }),
      ]) {
        await assertError(answer, 400, 'BAD_REQUEST', 'Fingerprint is too short')
      }
    }
  })

  test('are unique within the account', async () => {
    const fingerprint = '9b62a3a2bce7c868f30d60f0818e84d2'
    current.sandbox.addPartner('other').contacts.add({ fingerprint })
    const { id } = (await createContact({ fingerprint })).json
    await assertError(createContact({ fingerprint, name: 'Ada' }), ...CONFLICT)
    const another = (await createContact({})).json
    await assertError(updateContact(another.id, { fingerprint }), ...CONFLICT)
    assert.equal((await updateContact(id, { fingerprint, name: 'Ada' })).status, 200)
    assert.equal(current.sandbox.contacts.findByFingerprint(fingerprint).name, 'Ada')
  })

  test('are free again once their contact is gone or has another', async () => {
    const { id } = (await createContact({ fingerprint: 'fingerprint-of-ada' })).json
    await updateContact(id, { fingerprint: 'another-fingerprint' })
    assert.equal((await createContact({ fingerprint: 'fingerprint-of-ada' })).status, 200)
    current.sandbox.contacts.clear()
    assert.equal((await createContact({ fingerprint: 'another-fingerprint' })).status, 200)
  })

  test('are compared as the database compares texts', async () => {
    await createContact({ fingerprint: 'FINGERPRINT-OF-ADA' })
    await assertError(createContact({ fingerprint: 'fingerprint-of-ada' }), ...CONFLICT)
    await start({ emailComparison: 'sensitive' })
    await createContact({ fingerprint: 'FINGERPRINT-OF-ADA' })
    assert.equal((await createContact({ fingerprint: 'fingerprint-of-ada' })).status, 200)
  })

  test('an empty one is stored as it is, so a second one is a conflict', async () => {
    const { id } = (await createContact({ fingerprint: '' })).json
    assert.equal((await fetchContact(id)).fingerprint, '')
    await assertError(createContact({ fingerprint: '' }), ...CONFLICT)
    assert.equal((await createContact({ fingerprint: '  ' })).status, 200)
  })
})
