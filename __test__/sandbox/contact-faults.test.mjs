import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertError,
  CONTACTS,
  call,
  contactNames,
  createContact,
  current,
  ensureContact,
  send,
  USERS,
} from './fresh-sandbox.mjs'

describe('faults of contact routes', () => {
  test('hit the route that they name, and leave that of users alone', async () => {
    const fault = current.sandbox.inject({ type: 'status', status: 503, route: 'contact/create' })
    await assertError(createContact({}), 503, 'SERVICE_UNAVAILABLE')
    assert.equal((await call(`${USERS}/create`, { body: {} })).status, 200)
    assert.equal((await ensureContact({})).status, 200)
    assert.equal(fault.hits, 1)
    assert.equal(current.sandbox.requests[0].fault, 'status')
  })

  test('before: the contact is not made; after: it is, and only the answer is lost', async () => {
    for (const [when, made] of [
      ['before', 0],
      ['after', 1],
    ]) {
      current.sandbox.contacts.clear()
      current.sandbox.inject({ type: 'reset', route: 'contact/ensure', when, times: 1 })
      await assert.rejects(send(`${CONTACTS}/ensure`, { body: { name: 'Ada' } }))
      assert.equal(current.sandbox.contacts.all().length, made)
    }
  })

  test('duplicate gives each contact twice', async () => {
    current.sandbox.contacts.add({ name: 'Ada' })
    current.sandbox.inject({ type: 'duplicate', route: 'contact/list', times: 1 })
    assert.deepEqual(await contactNames(), ['Ada', 'Ada'])
    current.sandbox.inject({ type: 'duplicate' })
    assert.equal((await call(`${CONTACTS}/export`)).json.items.length, 2)
  })

  test('endless-cursor gives full pages of other contacts, always with a fresh cursor', async () => {
    current.sandbox.inject({ type: 'endless-cursor', route: 'contact/list' })
    const { items, cursor } = (await call(`${CONTACTS}/list?take=3`)).json
    assert.equal(items.length, 3)
    assert.equal(cursor, items[2].id)
    const { id } = current.sandbox.contacts.add({})
    const real = (await call(`${CONTACTS}/${id}/fetch`)).json
    assert.deepEqual(Object.keys(items[0]).sort(), Object.keys(real).sort())
  })

  test('error200 is what a list answers that fails late', async () => {
    current.sandbox.inject({ type: 'error200', route: 'contact/list' })
    const { status, json } = await call(`${CONTACTS}/list`)
    assert.deepEqual([status, json.code, json.items], [200, 'TIMEOUT', undefined])
  })
})
