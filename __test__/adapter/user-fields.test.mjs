import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ALL_ON, anotherAdapter, calls, startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, EVE } from '../../testing/people.mjs'
import { newSession } from '../../testing/records.mjs'

const OPTIONS = { ...ALL_ON, userFields: ['role', 'phone', 'settings'] }
const OWN = { role: 'admin', phone: '00000000000', settings: { theme: 'dark', tags: [1, null] } }

describe('userFields', () => {
  test('are kept in meta and returned as members of the user, everywhere', async (t) => {
    const { adapter, sandbox, store } = await startAdapter(t, OPTIONS)
    const created = await adapter.createUser({ ...EVE, ...OWN })
    const { role, phone, settings } = sandbox.users.get(created.id).meta
    assert.deepEqual({ role, phone, settings }, OWN)
    const account = { provider: 'p', providerAccountId: '1', type: 'oauth', userId: created.id }
    await adapter.linkAccount(account)
    const { sessionToken } = await adapter.createSession(newSession(created.id))
    const other = anotherAdapter(sandbox, { ...OPTIONS, store })
    for (const user of [
      created,
      await other.getUser(created.id),
      await other.getUserByEmail(EVE.email),
      await other.getUserByAccount(account),
      (await other.getSessionAndUser(sessionToken)).user,
      (await other.getSessionAndUser(sessionToken)).user,
      await other.updateUser({ id: created.id, name: 'Eve' }),
    ]) {
      const { role, phone, settings } = user
      assert.deepEqual({ role, phone, settings }, OWN)
    }
  })

  test('that are not named are not stored', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { ...ALL_ON, userFields: ['role'] })
    const user = await adapter.createUser({ ...EVE, ...OWN })
    assert.deepEqual(Object.keys(sandbox.users.get(user.id).meta).sort(), ['nextauth', 'role'])
    assert.equal(user.phone, undefined)
  })

  test('that a user does not have are null', async (t) => {
    const { adapter } = await startAdapter(t, OPTIONS, { users: [ADA] })
    const { role, phone, settings } = await adapter.getUserByEmail(ADA.email)
    assert.deepEqual([role, phone, settings], [null, null, null])
  })

  test('change alone, beside what the partner keeps, and only where they differ', async (t) => {
    const partner = { plan: 'pro', role: 'user' }
    const { adapter, sandbox, ada } = await startAdapter(t, OPTIONS, {
      users: [{ ...ADA, meta: partner }],
    })
    const { id } = ada
    assert.equal((await adapter.updateUser({ id, role: 'user', phone: null })).role, 'user')
    assert.deepEqual(calls(sandbox), ['fetch'])
    assert.equal((await adapter.updateUser({ id, role: 'admin', secret: 'x' })).role, 'admin')
    assert.deepEqual(sandbox.users.get(id).meta, { ...partner, role: 'admin' })
    const update = sandbox.requests.find(({ route }) => route === 'update')
    assert.deepEqual(update.body, { meta: { $update: { role: 'admin' } } })
    const stamped = await adapter.updateUser({ id, role: null, emailVerified: new Date(5) })
    assert.deepEqual([stamped.role, stamped.emailVerified], [null, new Date(5)])
    assert.equal(sandbox.users.get(id).meta.plan, 'pro')
  })

  test('are refused with autoUpdateUser off, as other changes are', async (t) => {
    const { adapter, ada } = await startAdapter(
      t,
      { ...OPTIONS, autoUpdateUser: false },
      { users: [ADA] },
    )
    await assert.rejects(
      adapter.updateUser({ id: ada.id, role: 'admin' }),
      failure('ERR_UPDATE_DISABLED'),
    )
  })

  test('have names that neither the adapter nor the API uses', async (t) => {
    for (const userFields of ['role', [5], ['_role'], ['$role'], [''], ['a b'], ['ro-le']]) {
      await assert.rejects(startAdapter(t, { userFields }), failure('ERR_INVALID_OPTION'))
    }
    for (const own of [
      'id',
      'email',
      'emailVerified',
      'name',
      'image',
      'meta',
      'nextauth',
      'toString',
    ]) {
      await assert.rejects(startAdapter(t, { userFields: [own] }), failure('ERR_INVALID_OPTION'))
    }
  })
})

test('the bookkeeping of the adapter is not shown', async (t) => {
  const { adapter, sandbox } = await startAdapter(t, ALL_ON)
  const created = await adapter.createUser(EVE)
  assert.ok(sandbox.users.get(created.id).meta.nextauth.createKey)
  const { sessionToken } = await adapter.createSession(newSession(created.id))
  for (const { meta } of [
    created,
    await adapter.getUser(created.id),
    (await adapter.getSessionAndUser(sessionToken)).user,
  ]) {
    assert.deepEqual(meta, {})
  }
})

test('numeric ids of providers are their text', async (t) => {
  const { adapter, ada } = await startAdapter(t, ALL_ON, { users: [ADA] })
  const account = { provider: 'github', type: 'oauth', userId: ada.id }
  const linked = await adapter.linkAccount({ ...account, providerAccountId: 42 })
  assert.equal(linked.providerAccountId, '42')
  for (const providerAccountId of [42, '42', 42n]) {
    const user = await adapter.getUserByAccount({ ...account, providerAccountId })
    assert.equal(user.id, ada.id)
    assert.equal((await adapter.getAccount(providerAccountId, 'github')).providerAccountId, '42')
  }
  await adapter.unlinkAccount({ ...account, providerAccountId: 42 })
  assert.equal(await adapter.getUserByAccount({ ...account, providerAccountId: '42' }), null)
})
