import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { calls, startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, BOB, UNPROVEN } from '../../testing/people.mjs'

const NOW = new Date(1_750_000_000_000)

async function startWith(t, person, options) {
  const started = await startAdapter(t, options)
  const { id } = started.sandbox.users.add(person)
  return { ...started, id, stored: () => started.sandbox.users.get(id) }
}

describe('updateUser', () => {
  test('changes what is given, leaves the rest and returns all of it', async (t) => {
    const { adapter, id, stored } = await startWith(t, {
      ...ADA,
      image: 'i',
      meta: { plan: 'pro' },
    })
    const user = await adapter.updateUser({ id, name: 'Augusta' })
    assert.equal(user.name, 'Augusta')
    assert.equal(user.email, ADA.email)
    assert.deepEqual(user.emailVerified, new Date(ADA.createdAt))
    const { name, email, image, meta } = stored()
    assert.deepEqual([name, email, image, meta], ['Augusta', ADA.email, 'i', { plan: 'pro' }])
  })

  test('sends only what differs', async (t) => {
    const { adapter, sandbox, id } = await startWith(t, ADA)
    await adapter.updateUser({ id, name: ADA.name, email: 'ADA@example.com ', image: 'new' })
    const bodies = sandbox.requests.filter(({ route }) => route === 'update').map((it) => it.body)
    assert.deepEqual(bodies, [{ image: 'new' }])
  })

  test('writes nothing when nothing differs', async (t) => {
    const { adapter, sandbox, id } = await startWith(t, BOB)
    const user = await adapter.updateUser({
      id,
      name: BOB.name,
      image: null,
      email: BOB.email,
    })
    assert.equal(user.id, id)
    assert.equal((await adapter.updateUser({ id })).name, BOB.name)
    assert.deepEqual(calls(sandbox), ['fetch', 'fetch'])
  })

  test('the stamp of a sign-in writes nothing for a proven address', async (t) => {
    const { adapter, sandbox, id } = await startWith(t, ADA)
    const user = await adapter.updateUser({ id, emailVerified: NOW })
    assert.deepEqual(user.emailVerified, new Date(ADA.createdAt))
    assert.equal(user.name, ADA.name)
    assert.deepEqual(calls(sandbox), ['fetch'])
  })

  test('the stamp of an unproven address is kept beside the partner’s own data', async (t) => {
    const meta = { plan: 'pro', nextauth: { emailVerified: null, createKey: 'k' } }
    const { adapter, sandbox, id, stored } = await startWith(t, { ...UNPROVEN, meta })
    const user = await adapter.updateUser({ id, emailVerified: NOW })
    assert.deepEqual(user.emailVerified, NOW)
    assert.deepEqual(stored().meta, {
      plan: 'pro',
      nextauth: { emailVerified: NOW.getTime(), createKey: 'k' },
    })
    const { body } = sandbox.requests.find(({ route }) => route === 'update')
    assert.deepEqual(Object.keys(body), ['meta'])
    assert.deepEqual(Object.keys(body.meta), ['$update'])
  })

  test('a changed address is unproven unless its proof comes along', async (t) => {
    const { adapter, id } = await startWith(t, ADA)
    assert.equal((await adapter.updateUser({ id, email: 'New@Example.com' })).emailVerified, null)
    const proven = await adapter.updateUser({ id, email: 'b@example.com', emailVerified: NOW })
    assert.deepEqual([proven.email, proven.emailVerified], ['b@example.com', NOW])
    assert.equal((await adapter.updateUser({ id, emailVerified: null })).emailVerified, null)
  })

  test('null and "" clear name and image, and never the address', async (t) => {
    for (const nothing of [null, '']) {
      const { adapter, id, stored } = await startWith(t, { ...ADA, image: 'i' })
      const user = await adapter.updateUser({ id, name: nothing, image: nothing })
      assert.deepEqual([user.name, user.image], [null, null])
      const update = adapter.updateUser({ id, email: nothing })
      await assert.rejects(update, failure('ERR_INVALID_ARGUMENT'))
      assert.equal(stored().email, ADA.email)
    }
  })

  test('the address of somebody else is refused and nothing changes', async (t) => {
    const { adapter, sandbox, id, stored } = await startWith(t, ADA)
    sandbox.users.add(BOB)
    const update = adapter.updateUser({ id, email: 'BOB@example.com', name: 'Bob' })
    await assert.rejects(update, failure('ERR_EMAIL_TAKEN', { operation: 'updateUser' }))
    assert.deepEqual([stored().email, stored().name], [ADA.email, ADA.name])
  })

  test('nobody is ERR_USER_NOT_FOUND, also when deleted meanwhile', async (t) => {
    const { adapter, sandbox, id } = await startWith(t, ADA)
    const missing = failure('ERR_USER_NOT_FOUND', { operation: 'updateUser' })
    await assert.rejects(adapter.updateUser({ id: 'cnobody', name: 'x' }), missing)
    sandbox.inject({ type: 'status', status: 404, route: 'update' })
    await assert.rejects(adapter.updateUser({ id, name: 'x' }), missing)
  })

  test('members that no sub-account has are left out', async (t) => {
    const { adapter, sandbox, id } = await startWith(t, ADA)
    const extra = { meta: { plan: 'free' }, limits: {}, createdAt: 1, role: 'admin', alias: 'x' }
    await adapter.updateUser({ id, name: 'A', ...extra })
    const { body } = sandbox.requests.find(({ route }) => route === 'update')
    assert.deepEqual(body, { name: 'A' })
  })

  test('what the adapter remembers of a sign-in is forgotten', async (t) => {
    const { adapter, id } = await startWith(t, ADA, { cacheTtl: 60_000 })
    const code = { identifier: ADA.email, token: 'hash', expires: new Date(Date.now() + 60_000) }
    await adapter.createVerificationToken(code)
    await adapter.useVerificationToken(code)
    await adapter.updateUser({ id, name: 'Augusta' })
    assert.equal((await adapter.getUserByEmail(ADA.email)).name, 'Augusta')
    assert.equal((await adapter.getUser(id)).name, 'Augusta')
  })
})

describe('with autoUpdateUser off', () => {
  const options = { autoUpdateUser: false }

  test('people still sign in: the stamp is skipped', async (t) => {
    for (const person of [ADA, UNPROVEN]) {
      const { adapter, sandbox, id } = await startWith(t, person, options)
      const user = await adapter.updateUser({ id, emailVerified: NOW })
      assert.equal(user.email, person.email)
      assert.deepEqual(calls(sandbox), ['fetch'])
    }
  })

  test('a change of name, image or address is refused', async (t) => {
    const { adapter, sandbox, id, stored } = await startWith(t, ADA, options)
    for (const change of [{ name: 'x' }, { name: null }, { image: 'x' }, { email: 'x@y.zz' }]) {
      const update = adapter.updateUser({ id, emailVerified: NOW, ...change })
      await assert.rejects(update, failure('ERR_UPDATE_DISABLED', { retryable: false }))
    }
    assert.deepEqual(new Set(calls(sandbox)), new Set(['fetch']))
    assert.equal(stored().name, ADA.name)
  })
})

describe('deleteUser', () => {
  test('deletes, and can be repeated', async (t) => {
    const { adapter, sandbox, id } = await startWith(t, ADA, { autoDeleteUser: true })
    assert.equal(await adapter.deleteUser(id), undefined)
    assert.equal(await adapter.deleteUser(id), undefined)
    assert.equal(sandbox.users.get(id), null)
    assert.equal(await adapter.getUser(id), null)
  })

  test('is refused unless autoDeleteUser is on', async (t) => {
    for (const options of [{}, { autoDeleteUser: false }]) {
      const { adapter, sandbox, id } = await startWith(t, ADA, options)
      await assert.rejects(adapter.deleteUser(id), failure('ERR_DELETE_DISABLED'))
      assert.deepEqual(calls(sandbox), [])
    }
  })

  test('what the adapter remembers of a sign-in is forgotten', async (t) => {
    const { adapter, id } = await startWith(t, ADA, { autoDeleteUser: true, cacheTtl: 60_000 })
    const code = { identifier: ADA.email, token: 'hash', expires: new Date(Date.now() + 60_000) }
    await adapter.createVerificationToken(code)
    await adapter.useVerificationToken(code)
    await adapter.deleteUser(id)
    assert.equal(await adapter.getUserByEmail(ADA.email), null)
    assert.equal(await adapter.getUser(id), null)
  })

  // A gateway that has lost its upstream says 404 too. The API's own 404 is JSON.
  test('a page of a gateway is not taken for "already deleted"', async (t) => {
    const { adapter, sandbox, id } = await startWith(t, ADA, { autoDeleteUser: true })
    await adapter.getUser(id)
    sandbox.inject({ type: 'html', status: 404, route: 'delete' })
    await assert.rejects(adapter.deleteUser(id), failure('ERR_API_RESPONSE', { status: 404 }))
  })
})
