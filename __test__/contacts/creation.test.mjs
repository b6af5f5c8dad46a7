import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure, outcomes } from '../../testing/outcomes.mjs'
import { EVE } from '../../testing/people.mjs'
import { calls, fingerprintOf, madeByJavaScript, start } from './subject.mjs'

const { email, emailVerified } = EVE
const OURS = fingerprintOf(email)
const UNPROVEN = { email, emailVerified: null }

describe('createUser', () => {
  test('ensures a contact with a fingerprint, and reads it back', async (t) => {
    const { adapter, sandbox } = await start(t, { userFields: ['role'] })
    const given = { email: ' Eve@Example.com', name: 'Eve', image: 'i', emailVerified }
    const user = await adapter.createUser({ ...given, role: 'admin', plan: 'gold' })
    assert.deepEqual(calls(sandbox).slice(-2), ['ensure', 'fetch'])
    const stored = sandbox.contacts.get(user.id)
    const { createKey, ...nextauth } = stored.meta.nextauth
    assert.match(createKey, /^[\w-]{22}$/)
    assert.deepEqual(nextauth, { emailVerified: emailVerified.getTime() })
    const { email: noted, image, role, nextauth: _, ...others } = stored.meta
    assert.deepEqual([noted, image, role, others], [email, 'i', 'admin', {}])
    const { name, fingerprint, verifiedAt } = stored
    assert.deepEqual([stored.email, name, fingerprint], [email, 'Eve', OURS])
    assert.ok(Math.abs(Date.now() - verifiedAt) < 60_000)
    assert.deepEqual([user.name, user.image, user.role], ['Eve', 'i', 'admin'])
    assert.deepEqual(user.emailVerified, emailVerified)
  })

  test('makes one contact, however many servers make it at once', async (t) => {
    const { another, sandbox } = await start(t)
    const adapters = Array.from({ length: 10 }, () => another())
    const creates = adapters.flatMap((it) => [1, 2, 3].map(() => it.createUser(EVE)))
    const ids = new Set((await outcomes(creates)).map(({ id }) => id))
    assert.equal(ids.size, 1)
    assert.equal(sandbox.contacts.all().length, 1)
  })

  test('repeats what the API refuses because another server was faster', async (t) => {
    const { adapter, sandbox } = await start(t)
    const conflict = { route: 'contact/ensure', type: 'status', status: 409, code: 'CONFLICT' }
    sandbox.inject({ ...conflict, times: 2 })
    const { id } = await adapter.createUser(EVE)
    assert.equal(sandbox.contacts.get(id).fingerprint, OURS)
    const fault = sandbox.inject(conflict)
    const refused = adapter.createUser({ ...EVE, email: 'mallory@example.com' })
    await assert.rejects(refused, failure('ERR_API_REJECTED', { status: 409 }))
    assert.equal(fault.hits, 4)
  })

  for (const lost of ['reset', 'empty', 'hang', 'error200']) {
    test(`is neither lost nor made twice when the answer is lost: ${lost}`, async (t) => {
      const { adapter, sandbox } = await start(t, { timeout: 300 })
      sandbox.inject({ route: 'contact/ensure', type: lost, when: 'after', times: 1 })
      const { id } = await adapter.createUser(UNPROVEN)
      assert.deepEqual(
        sandbox.contacts.all().map((it) => it.id),
        [id],
      )
    })
  }

  for (const [what, fault] of Object.entries({
    'is refused': { type: 'status', status: 401 },
    'is forbidden': { type: 'status', status: 403 },
    'is limited': { type: 'status', status: 429 },
    'finds nobody': { type: 'status', status: 404, code: 'NOT_FOUND' },
    'breaks off': { type: 'reset' },
  })) {
    test(`locks nobody out of a provider when reading the contact back ${what}`, async (t) => {
      const { adapter, sandbox } = await start(t)
      const outage = sandbox.inject({ route: 'contact/fetch', ...fault })
      const failed = failure('ERR_API_UNAVAILABLE', { retryable: true })
      await assert.rejects(adapter.createUser(UNPROVEN), failed)
      outage.remove()
      const [{ id }] = sandbox.contacts.all()
      assert.equal(await adapter.getUserByEmail(email), null)
      assert.equal((await adapter.createUser(UNPROVEN)).id, id)
    })
  }

  test('refuses whoever claims the address of a contact that is known by its id alone', async (t) => {
    const { adapter, sandbox } = await start(t)
    const fields = { verifiedAt: 1_700_000_000_000 }
    const { id } = sandbox.contacts.add(madeByJavaScript(email, fields))
    assert.equal((await adapter.getUserByEmail(email)).id, id)
    sandbox.contacts.change(id, { meta: { email: '' } })
    await assert.rejects(adapter.createUser(UNPROVEN), failure('ERR_EMAIL_TAKEN'))
    const eve = await adapter.createUser({ email: 'mallory@example.com', emailVerified })
    const moved = adapter.updateUser({ id: eve.id, email })
    await assert.rejects(moved, failure('ERR_EMAIL_TAKEN'))
    assert.equal((await adapter.createUser(EVE)).id, id)
  })

  test('gives the contact of whoever only claims the address to nobody else', async (t) => {
    const { adapter, sandbox } = await start(t)
    const eve = await adapter.createUser(UNPROVEN)
    const victim = sandbox.contacts.add(madeByJavaScript(email))
    assert.equal((await adapter.getUserByEmail(email)).id, victim.id)
    assert.notEqual(victim.id, eve.id)
  })

  test('does not believe the id in the answer', async (t) => {
    const { adapter, sandbox } = await start(t)
    const others = [
      { fingerprint: 'of-another-program', verifiedAt: 5 },
      { fingerprint: '1de307ce-f51b-588c-b8ec-20fbcd6e1b5d', email: null, verifiedAt: null },
    ]
    for (const fields of others) {
      const other = sandbox.contacts.add(fields)
      const fault = sandbox.inject({
        ...{ route: 'contact/ensure', type: 'body', json: { id: other.id } },
      })
      await assert.rejects(adapter.createUser(EVE), failure('ERR_API_UNAVAILABLE'))
      fault.remove()
      assert.deepEqual(sandbox.contacts.get(other.id), other)
    }
  })

  test('changes no contact when autoUpdateContact is off', async (t) => {
    const { adapter, sandbox } = await start(t, { autoUpdateContact: false })
    const { id } = sandbox.contacts.add({ fingerprint: OURS, email, verifiedAt: 5 })
    const before = sandbox.contacts.get(id)
    assert.equal((await adapter.createUser(EVE)).id, id)
    assert.deepEqual(sandbox.contacts.get(id), before)
  })

  test('takes as much of a name as the API does', async (t) => {
    const { adapter } = await start(t)
    const user = await adapter.createUser({ ...EVE, name: '名'.repeat(100) })
    assert.equal(user.name, '名'.repeat(63))
  })

  test('gives a proven address the contact that is there, and refuses an unproven one', async (t) => {
    const { adapter, sandbox } = await start(t)
    for (const fields of [{}, { fingerprint: OURS, verifiedAt: 1_700_000_000_000 }]) {
      sandbox.contacts.clear()
      const { id } = sandbox.contacts.add({ ...madeByJavaScript(email), ...fields })
      await assert.rejects(adapter.createUser(UNPROVEN), failure('ERR_EMAIL_TAKEN'))
      const user = await adapter.createUser(EVE)
      assert.deepEqual([user.id, sandbox.contacts.all().length], [id, 1])
    }
  })

  test('adopts a contact that has the fingerprint and no address, once the address is proven', async (t) => {
    const { adapter, sandbox } = await start(t)
    const meta = { plan: 'free' }
    const { id } = sandbox.contacts.add({ fingerprint: OURS, verifiedAt: 1_700_000_000_000, meta })
    await assert.rejects(adapter.createUser(UNPROVEN), failure('ERR_CONTACT_UNUSABLE'))
    assert.equal((await adapter.createUser(EVE)).id, id)
    const stored = sandbox.contacts.get(id)
    assert.equal(stored.email, email)
    assert.deepEqual([stored.meta.plan, stored.meta.email], ['free', email])
    assert.equal((await adapter.getUserByEmail(email)).id, id)
  })

  test('says what to do about a contact with the fingerprint that is not verified', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 2, retryDelay: 0 })
    sandbox.contacts.add({ fingerprint: OURS, email: 'other@example.com', verifiedAt: null })
    sandbox.clearRequests()
    await assert.rejects(
      adapter.createUser(EVE),
      failure('ERR_CONTACT_UNUSABLE', {
        message: /not verified: set its verifiedAt/,
        retryable: false,
      }),
    )
    assert.deepEqual(calls(sandbox), ['list', 'ensure'])
  })

  test('says what to do about a contact with the fingerprint and another address', async (t) => {
    const { adapter, sandbox } = await start(t)
    const moved = { fingerprint: OURS, email: 'moved@example.com', verifiedAt: 1_700_000_000_000 }
    const { id } = sandbox.contacts.add(moved)
    const before = sandbox.contacts.get(id)
    for (const user of [EVE, UNPROVEN]) {
      await assert.rejects(
        adapter.createUser(user),
        failure('ERR_CONTACT_UNUSABLE', { message: /another fingerprint, or this address/ }),
      )
    }
    assert.deepEqual(sandbox.contacts.get(id), before)
  })

  test('is refused unless autoCreateContact is on, without a request', async (t) => {
    const { adapter, sandbox } = await start(t, { autoCreateContact: false })
    const refused = failure('ERR_CREATE_DISABLED', { message: /autoCreateContact is off/ })
    await assert.rejects(adapter.createUser(EVE), refused)
    assert.deepEqual(calls(sandbox), [])
  })
})
