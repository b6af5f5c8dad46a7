import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, EVE } from '../../testing/people.mjs'
import { calls, fingerprintOf, madeByJavaScript, start } from './subject.mjs'

const { email } = ADA
const AT = 1_700_000_000_000

/** Ada's contact, as another program made it, with data of its own. */
async function withAda(t, options, fields = {}) {
  const subject = await start(t, options)
  const meta = { email, image: 'i', plan: 'free', nested: { a: 1 } }
  const { id } = subject.sandbox.contacts.add({
    ...madeByJavaScript(email, { name: 'Ada', nick: 'ada', meta }),
    ...fields,
  })
  subject.sandbox.clearRequests()
  const stored = () => subject.sandbox.contacts.get(id)
  return { ...subject, id, stored }
}

describe('updateUser', () => {
  test('sends what changed and leaves all else as it is', async (t) => {
    const { adapter, sandbox, id, stored } = await withAda(t)
    const before = stored()
    await adapter.updateUser({ id, name: 'Countess', image: 'i' })
    const { updatedAt } = stored()
    assert.deepEqual(stored(), { ...before, name: 'Countess', updatedAt })
    await adapter.updateUser({ id, image: 'j' })
    assert.deepEqual(stored().meta, { ...before.meta, image: 'j' })
    assert.deepEqual(calls(sandbox), ['fetch', 'update', 'fetch', 'fetch', 'update', 'fetch'])
  })

  test('clears with an empty text: the API fails for null', async (t) => {
    const { adapter, id, stored } = await withAda(t)
    const user = await adapter.updateUser({ id, name: null, image: null })
    assert.deepEqual([user.name, user.image], [null, null])
    assert.deepEqual([stored().name, stored().meta.image], ['', ''])
    assert.equal(stored().meta.plan, 'free')
  })

  test('verifies with the stamp of a sign-in who was not, once', async (t) => {
    const { adapter, sandbox, id, stored } = await withAda(t)
    const emailVerified = new Date(AT + 5)
    const user = await adapter.updateUser({ id, emailVerified })
    assert.deepEqual([user.emailVerified, user.verifiedAt], [emailVerified, AT + 5])
    assert.deepEqual([stored().name, stored().meta.email], ['Ada', email])
    sandbox.clearRequests()
    await adapter.updateUser({ id, emailVerified: new Date(AT + 9) })
    assert.deepEqual(calls(sandbox), ['fetch'])
    assert.equal(stored().verifiedAt, AT + 5)
  })

  test('leaves a verifiedAt that another program has set', async (t) => {
    const { adapter, id, stored } = await withAda(t, {}, { verifiedAt: AT })
    await adapter.updateUser({ id, email: 'countess@example.com' })
    assert.equal((await adapter.getUser(id)).emailVerified, null)
    const proven = await adapter.updateUser({ id, emailVerified: new Date(AT + 5) })
    assert.deepEqual([proven.emailVerified, stored().verifiedAt], [new Date(AT + 5), AT])
  })

  test('moves the fingerprint that came from the address, so that the address is free', async (t) => {
    const { adapter, sandbox } = await start(t)
    const { id } = await adapter.createUser(EVE)
    const changed = await adapter.updateUser({ id, email: 'Countess@example.com' })
    assert.equal(changed.fingerprint, fingerprintOf('countess@example.com'))
    assert.equal(sandbox.contacts.get(id).meta.email, 'countess@example.com')
    assert.equal(await adapter.getUserByEmail(EVE.email), null)
    const next = await adapter.createUser(EVE)
    assert.notEqual(next.id, id)
    assert.equal((await adapter.getUserByEmail('countess@example.com')).id, id)
  })

  test('leaves the fingerprint that another program chose', async (t) => {
    const { adapter, id, stored } = await withAda(t)
    const { fingerprint } = stored()
    await adapter.updateUser({ id, email: 'countess@example.com' })
    assert.equal(stored().fingerprint, fingerprint)
    assert.equal(stored().email, 'countess@example.com')
  })

  test('refuses an address that another trusted contact has', async (t) => {
    const { adapter, sandbox, id, stored } = await withAda(t)
    sandbox.contacts.add(madeByJavaScript('bob@example.com'))
    const before = stored()
    const taken = adapter.updateUser({ id, email: 'Bob@example.com' })
    await assert.rejects(taken, failure('ERR_EMAIL_TAKEN'))
    assert.deepEqual(stored(), before)
  })

  test('with autoUpdateContact off lets people sign in and refuses the rest', async (t) => {
    const { adapter, id, stored } = await withAda(t, { autoUpdateContact: false })
    const before = stored()
    assert.equal((await adapter.updateUser({ id, emailVerified: new Date() })).id, id)
    const refused = failure('ERR_UPDATE_DISABLED', { message: /autoUpdateContact is off/ })
    await assert.rejects(adapter.updateUser({ id, name: 'Countess' }), refused)
    assert.deepEqual(stored(), before)
  })
})

describe('deleteUser', () => {
  test('deletes the contact, and what is remembered of its address', async (t) => {
    const { adapter, sandbox, id } = await withAda(t)
    assert.equal((await adapter.getUserByEmail(email)).id, id)
    await adapter.deleteUser(id)
    assert.deepEqual(sandbox.contacts.all(), [])
    sandbox.clearRequests()
    assert.equal(await adapter.getUserByEmail(email), null)
    assert.deepEqual(calls(sandbox), ['list'])
    await adapter.deleteUser(id)
  })

  test('is refused unless autoDeleteContact is on', async (t) => {
    const { adapter, sandbox, id } = await withAda(t, { autoDeleteContact: false })
    const refused = failure('ERR_DELETE_DISABLED', { message: /autoDeleteContact is off/ })
    await assert.rejects(adapter.deleteUser(id), refused)
    assert.equal(sandbox.contacts.all().length, 1)
  })
})
