import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { anotherAdapter, calls, startAdapter } from '../../testing/adapter.mjs'
import { listenFor } from '../../testing/listening.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, EVE, UNPROVEN } from '../../testing/people.mjs'
import { issueCode, redeem } from '../../testing/records.mjs'

/** What next-auth v4 calls, in its order, when somebody asks for a code and follows it. */
async function signIn(adapter, email) {
  await adapter.getUserByEmail(email)
  const code = await issueCode(adapter, email)
  const invite = await redeem(adapter, code)
  assert.equal(invite.identifier, email)
  await adapter.getUserByEmail(email)
  const user = await adapter.getUserByEmail(email)
  return user
    ? adapter.updateUser({ id: user.id, emailVerified: new Date() })
    : adapter.createUser({ email, emailVerified: new Date() })
}

/** An API where everybody has a sub-account. */
async function startApiOfEverybody(t) {
  let requests = 0
  const server = createServer(({ url }, answer) => {
    requests += 1
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    const id = /user\/(\w+)\/fetch/.exec(pathname)?.[1] ?? searchParams.get('email').split('@')[0]
    const user = { id, email: `${id}@example.com`, createdAt: 1, updatedAt: 1 }
    answer.end(JSON.stringify(pathname.endsWith('/list') ? { items: [user] } : user))
  })
  return { url: (await listenFor(t, server)).url, requests: () => requests }
}

describe('the API requests of a whole sign-in', () => {
  test('of a known person with a proven address are two', async (t) => {
    const { adapter, sandbox, store } = await startAdapter(t, {}, { users: [ADA] })
    const user = await signIn(adapter, ADA.email)
    assert.equal(user.name, ADA.name)
    assert.deepEqual(calls(sandbox), ['list', 'fetch'])
    sandbox.clearRequests()
    // From then on they are found by their id, wherever they come to.
    await signIn(anotherAdapter(sandbox, { store }), ADA.email)
    assert.deepEqual(calls(sandbox), ['fetch', 'fetch'])
  })

  test('of a new person are four', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { autoCreateUser: true })
    const user = await signIn(adapter, EVE.email)
    assert.deepEqual(
      sandbox.users.all().map(({ id }) => id),
      [user.id],
    )
    assert.deepEqual(calls(sandbox), ['list', 'list', 'create', 'fetch'])
  })

  test('are as few for each of five thousand who sign in within a moment', async (t) => {
    // The sandbox would look through all of its users for each request.
    const api = await startApiOfEverybody(t)
    const { adapter } = await startAdapter(t, { baseUrl: api.url, cacheTtl: 60_000 })
    let people = 0
    const lane = async () => {
      for (let n = 0; n < 100; n += 1) {
        people += 1
        const email = `p${people}@example.com`
        assert.equal((await signIn(adapter, email)).email, email)
      }
    }
    await Promise.all(Array.from({ length: 50 }, lane))
    assert.deepEqual([people, api.requests()], [5_000, 10_000])
  })

  test('are as few when the generation of routes has to be found out', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { apiRoutes: 'auto' }, { users: [ADA] })
    await signIn(adapter, ADA.email)
    assert.equal(sandbox.requests.length, 2)
  })

  test('and one more, once, for an API that has only the newer routes', async (t) => {
    const api = { generations: ['user'], users: [ADA] }
    const { adapter, sandbox } = await startAdapter(t, { apiRoutes: 'auto' }, api)
    for (let round = 0; round < 2; round += 1) await signIn(adapter, ADA.email)
    const missed = sandbox.requests.filter(({ generation }) => generation === 'partner')
    assert.equal(missed.length, 1)
  })

  test('of a known person with an unproven address are four: the proof is written', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, {}, { users: [UNPROVEN] })
    const user = await signIn(adapter, UNPROVEN.email)
    assert.ok(user.emailVerified instanceof Date)
    assert.deepEqual(calls(sandbox), ['list', 'fetch', 'update', 'fetch'])
  })

  test('of somebody who may not come in make nobody', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, {}, { users: [ADA] })
    await assert.rejects(signIn(adapter, EVE.email), failure('ERR_CREATE_DISABLED'))
    assert.equal(sandbox.users.all().length, 1)
    assert.deepEqual(calls(sandbox), ['list', 'list'])
  })
})

describe('the user that redeeming a code found', () => {
  const redeemFor = async (adapter, email) => {
    const code = await issueCode(adapter, email)
    await redeem(adapter, code)
  }

  test('answers only for as long as cacheTtl says', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { cacheTtl: 60 }, { users: [ADA] })
    await redeemFor(adapter, ADA.email)
    await adapter.getUserByEmail(ADA.email)
    assert.equal(sandbox.requests.length, 1)
    await sleep(80)
    await adapter.getUserByEmail(ADA.email)
    assert.equal(sandbox.requests.length, 2)
  })

  test('answers nothing with a cacheTtl of 0', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { cacheTtl: 0 }, { users: [ADA] })
    await redeemFor(adapter, ADA.email)
    await adapter.getUserByEmail(ADA.email)
    assert.equal(sandbox.requests.length, 2)
  })

  test('answers for nobody else, and in no other adapter', async (t) => {
    const { adapter, sandbox, store } = await startAdapter(t, {}, { users: [ADA, UNPROVEN] })
    await redeemFor(adapter, ADA.email)
    assert.equal(await adapter.getUserByEmail('eve@example.com'), null)
    assert.equal((await adapter.getUserByEmail(UNPROVEN.email)).email, UNPROVEN.email)
    await anotherAdapter(sandbox, { store }).getUserByEmail(ADA.email)
    assert.equal(sandbox.requests.length, 4)
  })

  test('is found again once a new person was created', async (t) => {
    const { adapter } = await startAdapter(t, { autoCreateUser: true, cacheTtl: 60_000 })
    await redeemFor(adapter, EVE.email)
    assert.equal(await adapter.getUserByEmail(EVE.email), null)
    const { id } = await adapter.createUser(EVE)
    assert.equal((await adapter.getUserByEmail(EVE.email)).id, id)
  })

  test('cannot be changed by who received it', async (t) => {
    const { adapter } = await startAdapter(t, {}, { users: [{ ...ADA, meta: { plan: 'pro' } }] })
    await redeemFor(adapter, ADA.email)
    const user = await adapter.getUserByEmail(ADA.email)
    user.id = 'cevil'
    user.meta.plan = 'free'
    user.emailVerified.setTime(0)
    const again = await adapter.getUserByEmail(ADA.email)
    assert.deepEqual([again.meta.plan, again.emailVerified.getTime()], ['pro', ADA.createdAt])
  })
})
