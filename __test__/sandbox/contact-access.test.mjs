import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { current, fetchContact, start } from './fresh-sandbox.mjs'

describe('direct access to contacts', () => {
  test('adds, finds, lists and clears copies', () => {
    const { contacts } = current.sandbox
    const meta = { a: 1 }
    const added = contacts.add({ name: 'Ada', fingerprint: 'Short', meta })
    meta.a = 2
    added.meta.a = 3
    assert.equal(contacts.get(added.id).meta.a, 1)
    assert.equal(contacts.findByFingerprint('Short').id, added.id)
    assert.throws(() => contacts.add({ fingerprint: 'Short' }), /Unique/)
    assert.throws(() => contacts.add({ id: added.id }), /Unique/)
    assert.throws(() => contacts.add({ image: 'x' }), TypeError)
    contacts.clear()
    assert.deepEqual(contacts.all(), [])
    assert.equal(contacts.get(added.id), null)
  })

  test('finds by email and meta.email, in any case, newest first', () => {
    const { contacts } = current.sandbox
    contacts.add({ name: 'a', email: 'Ada@Example.com' })
    contacts.add({ name: 'b', meta: { email: 'ada@example.com' } })
    contacts.add({ name: 'c', email: 'ada@example.com', meta: { email: 'ada@example.com' } })
    contacts.add({ name: 'd', email: 'bob@example.com', meta: { email: null } })
    const names = contacts.allByEmail('ada@example.COM').map(({ name }) => name)
    assert.deepEqual(names, ['c', 'b', 'a'])
  })

  test('makes states and times that the API would not', async () => {
    const { contacts } = current.sandbox
    const times = { createdAt: 5, updatedAt: 3 }
    const { id } = contacts.add({ ...times, email: 'not an address', meta: { _own: 1 } })
    const changed = contacts.change(id, { verifiedAt: 4, fingerprint: 'x', updatedAt: 2 })
    const contact = await fetchContact(id)
    assert.deepEqual(contact, changed)
    assert.deepEqual([contact.createdAt, contact.updatedAt, contact.verifiedAt], [5, 2, 4])
    assert.deepEqual(contact.meta, { _own: 1 })
    assert.throws(() => contacts.change('cnobody', {}), TypeError)
    assert.throws(() => contacts.change(id, { image: 'x' }), TypeError)
  })

  test('the option `contacts` has them there from the start', async () => {
    await start({ contacts: [{ name: 'a' }, { name: 'b' }] })
    assert.deepEqual(
      current.sandbox.contacts.all().map(({ name }) => name),
      ['b', 'a'],
    )
  })

  test('each account has its own', () => {
    const other = current.sandbox.addPartner('other')
    const { id } = other.contacts.add({ name: 'Bob' })
    assert.equal(current.sandbox.contacts.get(id), null)
    assert.throws(() => current.sandbox.contacts.change(id, {}), TypeError)
    current.sandbox.contacts.clear()
    assert.equal(other.contacts.all().length, 1)
  })
})
