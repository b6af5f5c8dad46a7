import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { MemoryStore } from '../../index.js'
import { anotherAdapter, calls, startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, BOB, EVE, UNPROVEN } from '../../testing/people.mjs'

const ON = { autoCreateUser: true, timeout: 250, retryDelay: 0 }

/** What can become of an answer on its way. */
const LOST = [
  { type: 'reset' },
  { type: 'reset-body' },
  { type: 'truncate' },
  { type: 'empty' },
  { type: 'malformed' },
  { type: 'hang' },
  { type: 'html' },
  { type: 'html', status: 504 },
  { type: 'status', status: 500 },
  { type: 'status', status: 503 },
  { type: 'status', status: 408 },
  { type: 'error200' },
  { type: 'body', json: {} },
  { type: 'body', json: { id: 5 } },
  { type: 'body', json: null },
  { type: 'deep' },
]

const label = ({ type, status = '', json }) =>
  `${type} ${status}${json ? JSON.stringify(json) : ''}`

describe('createUser', () => {
  test('makes a sub-account with the API’s id and returns all of it', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON)
    const user = await adapter.createUser({
      ...{ id: 'made-by-the-framework', email: ' Eve@Example.com', name: 'Eve', image: 'i' },
      ...{ emailVerified: EVE.emailVerified, role: 'admin', meta: { plan: 'free' } },
    })
    const [stored] = sandbox.users.all()
    assert.equal(user.id, stored.id)
    assert.deepEqual([user.email, user.name, user.image], [EVE.email, 'Eve', 'i'])
    assert.deepEqual(user.emailVerified, EVE.emailVerified)
    assert.deepEqual(Object.keys(stored.meta), ['nextauth'])
    assert.deepEqual([stored.email, stored.limits, stored.alias], [EVE.email, null, null])
  })

  test('is refused unless autoCreateUser is on, without a request', async (t) => {
    for (const options of [{}, { autoCreateUser: false }]) {
      const { adapter, sandbox } = await startAdapter(t, options)
      await assert.rejects(adapter.createUser(EVE), failure('ERR_CREATE_DISABLED'))
      assert.deepEqual(calls(sandbox), [])
    }
  })

  test('needs an address', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON)
    for (const email of [undefined, null, '', ' ', 'eve', '@example.com', 'eve@']) {
      const create = adapter.createUser({ email, name: 'Eve' })
      await assert.rejects(create, failure('ERR_INVALID_ARGUMENT'), `${email}`)
    }
    assert.deepEqual(calls(sandbox), [])
  })

  test('of an unproven address keeps that it is unproven', async (t) => {
    const { adapter } = await startAdapter(t, ON)
    const user = await adapter.createUser({ email: EVE.email, emailVerified: null })
    assert.equal(user.emailVerified, null)
    assert.equal((await adapter.getUserByEmail(EVE.email)).emailVerified, null)
    assert.equal((await adapter.createUser({ email: 'x@example.com' })).emailVerified, null)
  })

  test('a full plan is told apart and not tried again', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { ...ON, retries: 2 })
    sandbox.inject({ type: 'status', status: 429, code: 'LIMITS_REACHED' })
    const members = { status: 429, apiCode: 'LIMITS_REACHED', retryable: false }
    await assert.rejects(adapter.createUser(EVE), failure('ERR_API_LIMIT_REACHED', members))
    assert.deepEqual(calls(sandbox), ['create'])
  })

  test('an address that the API refuses is an error of its own', async (t) => {
    const { adapter } = await startAdapter(t, ON)
    const create = adapter.createUser({ email: 'eve@example', emailVerified: new Date() })
    await assert.rejects(create, failure('ERR_API_REJECTED', { status: 400, retryable: false }))
  })
})

describe('an answer to create that is lost', () => {
  for (const when of ['after', 'before']) {
    for (const retries of [0, 2]) {
      test(`${when} it was applied, with ${retries} retries`, async (t) => {
        await Promise.all(
          LOST.map(async (fault) => {
            const { adapter, sandbox } = await startAdapter(t, { ...ON, retries })
            sandbox.inject({ ...fault, when, route: 'create', times: 1 })
            const outcome = await adapter.createUser({ ...EVE, name: 'Eve' }).catch((it) => it)
            const all = sandbox.users.all()
            if (outcome instanceof Error) {
              assert.equal(when, 'before', `${label(fault)}: lost with ${outcome.code}`)
              assert.match(outcome.code, /^ERR_API_/)
              assert.equal(all.length, 0, label(fault))
              assert.equal((await adapter.createUser(EVE)).email, EVE.email)
            } else {
              assert.equal(all.length, 1, label(fault))
              assert.equal(outcome.id, all[0].id)
              assert.deepEqual([outcome.email, outcome.name], [EVE.email, 'Eve'])
              assert.deepEqual(outcome.emailVerified, EVE.emailVerified)
            }
          }),
        )
      })
    }
  }

  test('is found by the next sign-in when the look-up failed as well', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON)
    sandbox.inject({ type: 'reset', when: 'after', route: 'create', times: 1 })
    sandbox.inject({ type: 'status', status: 503, route: 'list', times: 1 })
    await assert.rejects(
      adapter.createUser(EVE),
      failure('ERR_API_UNREACHABLE', { retryable: true }),
    )
    const [{ id }] = sandbox.users.all()
    assert.equal((await adapter.getUserByEmail(EVE.email)).id, id)
    assert.equal((await adapter.createUser(EVE)).id, id)
    assert.equal(sandbox.users.all().length, 1)
  })

  test('and whose request is applied late makes one sub-account', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { ...ON, timeout: 100, retries: 2 })
    sandbox.inject({
      ...{ type: 'hang', route: 'create', times: 1 },
      match: ({ body }) => {
        // Applied after the client has given up, looked in vain, and begun to try again.
        setTimeout(() => sandbox.users.findByEmail(body.email) ?? sandbox.users.add(body), 110)
        return true
      },
    })
    sandbox.inject({ type: 'slow-headers', delay: 40, route: 'create' })
    const user = await adapter.createUser(EVE)
    await sleep(50)
    assert.deepEqual(
      sandbox.users.all().map(({ id }) => id),
      [user.id],
    )
  })

  test('whose id is somebody else’s never signs in as them', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON, { users: [BOB] })
    const [bob] = sandbox.users.all()
    for (const id of [bob.id, 'cnobody', '(Bob)', '@bob', '../list', '']) {
      sandbox.inject({ type: 'body', json: { id }, route: 'create', times: 1 })
      const user = await adapter.createUser(EVE).catch((error) => error)
      assert.notEqual(user.id, bob.id)
      assert.ok(user instanceof Error, `${id} became ${user.email}`)
    }
  })

  test('the sub-account that was made is read even if that takes a second attempt', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { ...ON, retries: 1 })
    sandbox.inject({ type: 'reset', route: 'fetch', times: 1 })
    assert.equal((await adapter.createUser(EVE)).email, EVE.email)
    assert.deepEqual(calls(sandbox), ['create', 'fetch', 'fetch'])
  })
})

describe('an address that is taken', () => {
  test('belongs to the same person when it is proven', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON, { users: [ADA, UNPROVEN] })
    for (const { email } of [ADA, UNPROVEN]) {
      const user = await adapter.createUser({
        email: email.toUpperCase(),
        emailVerified: new Date(),
      })
      assert.equal(user.email, email)
      assert.ok(user.emailVerified instanceof Date)
    }
    assert.equal(sandbox.users.all().length, 2)
  })

  test('is refused when it is unproven', async (t) => {
    const { adapter } = await startAdapter(t, ON, { users: [ADA, UNPROVEN] })
    for (const { email } of [ADA, UNPROVEN]) {
      for (const emailVerified of [null, undefined]) {
        const create = adapter.createUser({ email, emailVerified, name: 'Eve' })
        await assert.rejects(create, failure('ERR_EMAIL_TAKEN', { retryable: false }))
      }
    }
  })

  test('is refused when the conflict is with somebody who is not to be seen', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON)
    sandbox.inject({ type: 'status', status: 409, route: 'create' })
    await assert.rejects(adapter.createUser(EVE), failure('ERR_EMAIL_TAKEN'))
  })

  test('a conflict after the create was applied is no conflict', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON)
    sandbox.inject({ type: 'status', status: 409, route: 'create', when: 'after' })
    assert.equal((await adapter.createUser({ email: EVE.email })).email, EVE.email)
  })

  test('of 40 sign-ups at once through two adapters all get the one sub-account', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON, { latency: 5 })
    const other = anotherAdapter(sandbox, { ...ON, store: new MemoryStore() })
    const users = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? adapter : other).createUser(EVE)),
    )
    assert.equal(sandbox.users.all().length, 1)
    assert.deepEqual(new Set(users.map(({ id }) => id)).size, 1)
  })

  test('of 40 unproven sign-ups at once one wins', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, ON, { latency: 5 })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, () => adapter.createUser({ email: EVE.email })),
    )
    const lost = outcomes.filter(({ status }) => status === 'rejected')
    assert.equal(lost.length, 39)
    for (const { reason } of lost) failure('ERR_EMAIL_TAKEN')(reason)
    assert.equal(sandbox.users.all().length, 1)
  })
})
