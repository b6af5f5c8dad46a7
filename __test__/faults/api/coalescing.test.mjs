import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA, BOB } from '../../../testing/people.mjs'
import { nameOf } from '../../../testing/records.mjs'
import { equip, start } from './subject.mjs'

const CROWD = 1_000
const crowd = (call) => Promise.all(Array.from({ length: CROWD }, call))
const settled = (call) => Promise.allSettled(Array.from({ length: CROWD }, call))

/** Long enough for a thousand calls to have begun. */
const LATENCY = { latency: 300 } // ms

async function startCrowd(t, options = {}) {
  const { adapter, sandbox, ada } = await start(t, { userCacheTtl: 60_000, ...options }, LATENCY)
  const belongings = await equip(adapter, ada.id)
  sandbox.clearRequests()
  return { adapter, sandbox, ada, ...belongings }
}

/** What a thousand people at once may ask for that is about one person. */
const QUESTIONS = {
  'an address': (adapter) => adapter.getUserByEmail(ADA.email),
  'an id': (adapter, { ada }) => adapter.getUser(ada.id),
  'a session': async (adapter, { session }) =>
    (await adapter.getSessionAndUser(session.sessionToken)).user,
  'a linked account': (adapter, { account }) => adapter.getUserByAccount(nameOf(account)),
}

describe('a thousand look-ups of one person at once', () => {
  for (const [what, ask] of Object.entries(QUESTIONS)) {
    test(`by ${what} cost one request`, async (t) => {
      const { adapter, sandbox, ...person } = await startCrowd(t)
      const users = await crowd(() => ask(adapter, person))
      assert.ok(users.every(({ id }) => id === person.ada.id))
      assert.equal(sandbox.requests.length, 1)
    })

    test(`by ${what} share one failure, and the next look-up succeeds`, async (t) => {
      const { adapter, sandbox, ...person } = await startCrowd(t)
      sandbox.inject({ type: 'status', status: 503, times: 1, match: () => true })
      for (const { reason } of await settled(() => ask(adapter, person))) {
        failure('ERR_API_UNAVAILABLE')(reason)
      }
      assert.equal(sandbox.requests.length, 1)
      assert.equal((await ask(adapter, person)).id, person.ada.id)
    })
  }

  test('that hang end with their leader, and the next look-up succeeds', async (t) => {
    const { adapter, sandbox, ada } = await start(t, { timeout: 300 })
    sandbox.inject({ type: 'hang', times: 1 })
    const began = performance.now()
    const outcomes = await settled(() => adapter.getUser(ada.id))
    assert.ok(outcomes.every(({ reason }) => reason?.code === 'ERR_API_TIMEOUT'))
    assert.ok(performance.now() - began < 3_000)
    assert.equal(sandbox.requests.length, 1)
    assert.equal((await adapter.getUser(ada.id)).id, ada.id)
  })

  test('that hang keep nobody else waiting', async (t) => {
    const { adapter, sandbox, ada } = await start(t, { timeout: 2_000 })
    sandbox.inject({ type: 'hang', match: ({ path }) => path.includes(ada.id) })
    const stuck = settled(() => adapter.getUser(ada.id))
    const began = performance.now()
    assert.equal((await adapter.getUserByEmail(BOB.email)).email, BOB.email)
    assert.ok(performance.now() - began < 1_500)
    await stuck
  })

  test('are not joined by those who ask after a change', async (t) => {
    const { adapter, sandbox, ada } = await start(t)
    const slow = sandbox.inject({ type: 'slow-body', delay: 5, route: 'fetch', times: 1 })
    const before = crowd(() => adapter.getUser(ada.id))
    while (slow.hits === 0) await new Promise(setImmediate)
    await adapter.deleteUser(ada.id)
    assert.equal(await adapter.getUser(ada.id), null)
    assert.ok((await before).every(({ name }) => name === ADA.name))
  })
})
