import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anotherAdapter, calls, startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { issueCode, redeem } from '../../testing/records.mjs'

/** How many lists a minute the account of the tests may read. */
const LISTS = 20

/** Asks for a code and brings it back: the calls of next-auth, in its order. */
async function signIn(adapter, email) {
  await adapter.getUserByEmail(email)
  const code = await issueCode(adapter, email)
  assert.ok(await redeem(adapter, code))
  const { id } = await adapter.getUserByEmail(email)
  return adapter.updateUser({ id, emailVerified: new Date() })
}

describe('a flood of requests for unknown addresses', () => {
  test('that uses the limit on lists up keeps nobody out who signed in before', async (t) => {
    const api = { users: [ADA, BOB], listsPerMinute: LISTS }
    const { adapter, sandbox, store } = await startAdapter(t, {}, api)
    await signIn(adapter, ADA.email)

    const strangers = Array.from({ length: 50 }, (_, n) => `${n}@example.com`)
    const flood = await Promise.allSettled(strangers.map((it) => adapter.getUserByEmail(it)))
    const refused = flood.filter(({ status }) => status === 'rejected')
    assert.equal(refused.length, 50 - (LISTS - 1))
    for (const { reason } of refused) failure('ERR_API_RATE_LIMITED')(reason)
    // Nobody whom nothing is known of.
    await assert.rejects(adapter.getUserByEmail(BOB.email), failure('ERR_API_RATE_LIMITED'))

    sandbox.clearRequests()
    for (let time = 0; time < 2; time += 1) {
      const elsewhere = anotherAdapter(sandbox, { store })
      assert.equal((await signIn(elsewhere, ADA.email)).email, ADA.email)
    }
    assert.deepEqual(calls(sandbox), Array(4).fill('fetch'))
  })
})
