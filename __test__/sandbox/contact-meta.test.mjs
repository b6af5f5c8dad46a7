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

const metaOf = async (id) => (await fetchContact(id)).meta

describe('the meta of a contact', () => {
  test('create and ensure store it as given, $update as a key of that name', async () => {
    const meta = { plan: 'pro', $update: { plan: 'free' }, '-b': 1, deep: { _inner: 1 } }
    for (const { json } of [await createContact({ meta }), await ensureContact({ meta })]) {
      assert.deepEqual(await metaOf(json.id), meta)
    }
  })

  test('update replaces the whole object', async () => {
    const { id } = current.sandbox.contacts.add({ meta: { keep: 1 } })
    await updateContact(id, { meta: { other: 2, '-b': 1, deep: { _inner: 1 } } })
    assert.deepEqual(await metaOf(id), { other: 2, deep: { _inner: 1 } })
    await updateContact(id, { name: 'Ada' })
    assert.deepEqual(await metaOf(id), { other: 2, deep: { _inner: 1 } })
  })

  test('$update merges at the top level only, and drops keys that are not its own', async () => {
    const { id } = current.sandbox.contacts.add({ meta: { keep: 1, deep: { a: 1 } } })
    const $update = { deep: { b: 2 }, _a: 1, $b: 2, '-c': 3, fresh: null }
    await updateContact(id, { meta: { $update } })
    assert.deepEqual(await metaOf(id), { keep: 1, deep: { b: 2 }, fresh: null })
  })

  test('$update works on a contact without meta', async () => {
    const { id } = current.sandbox.contacts.add({})
    await updateContact(id, { meta: { $update: { a: 1 } } })
    assert.deepEqual(await metaOf(id), { a: 1 })
  })

  test('a key at the top that begins with _ answers 400 on every write', async () => {
    const { id } = current.sandbox.contacts.add({})
    const meta = { _own: 1 }
    for (const answer of [
      createContact({ meta }),
      ensureContact({ meta }),
      ensureContact({ meta, fingerprint: 'fingerprint-of-ada' }),
      updateContact(id, { meta }),
    ]) {
      await assertError(answer, 400, 'BAD_REQUEST', '"meta._own" is not allowed')
    }
  })
})
