import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { bound, issueCode, newCode, redeem } from '../../testing/records.mjs'
import { seal } from '../../testing/seal.mjs'
import { mapStore } from '../../testing/stores.mjs'
import { hold } from '../../testing/waiting.mjs'

/** How long a store may take for one call, in milliseconds. */
const STORE_TIMEOUT = 10_000

const circular = {}
circular.self = circular

/** What cannot be the value of a key. */
const NO_VALUES = {
  'a text that is no JSON': 'oops',
  'half a JSON text': '{"codes":',
  'a BigInt': 1n,
  circular,
}

/** What cannot be the answer of compareAndSet. */
const NO_ANSWERS = [undefined, null, 1, 0, 'OK', 'true', {}, []]

/** Values that are JSON and not what the adapter stored. */
const FOREIGN = [
  5,
  'null',
  '"text"',
  true,
  [],
  [1],
  {},
  { codes: 5 },
  { codes: [[1, 2]] },
  { misses: -1 },
]

/** What a store gives for a key: as it is, as what is bound to that key, and as what is sealed there. */
const foreign = FOREIGN.flatMap((value) => [
  () => value,
  (key) => bound(key, value),
  (key) => JSON.parse(seal('sandbox-secret', key, JSON.stringify(bound(key, value)))),
])

describe('a store that answers with garbage', () => {
  test('to get is ERR_STORE_VALUE: trying again does not help', async (t) => {
    for (const [name, value] of Object.entries(NO_VALUES)) {
      const { adapter } = await startAdapter(t, { store: { ...mapStore(), get: () => value } })
      const create = adapter.createVerificationToken(newCode(ADA.email))
      await assert.rejects(create, failure('ERR_STORE_VALUE', { retryable: false }), name)
    }
  })

  test('to compareAndSet is ERR_STORE_VALUE', async (t) => {
    for (const answer of NO_ANSWERS) {
      const store = { ...mapStore(), compareAndSet: async () => answer }
      const { adapter } = await startAdapter(t, { store })
      const create = adapter.createVerificationToken(newCode(ADA.email))
      await assert.rejects(create, failure('ERR_STORE_VALUE', { retryable: false }), `${answer}`)
    }
  })

  test('never redeems a code that nobody made', async (t) => {
    const values = [...Object.values(NO_VALUES), () => {}, Symbol('s'), Buffer.from('x')].map(
      (value) => () => value,
    )
    for (const value of [...values, ...foreign]) {
      const { adapter } = await startAdapter(t, { store: { ...mapStore(), get: value } })
      const redeemed = await redeem(adapter, newCode(ADA.email)).catch((error) => error)
      if (redeemed !== null) assert.match(redeemed.code, /^ERR_STORE/)
    }
  })

  test('and JSON that is no record is replaced by the next code', async (t) => {
    for (const value of foreign) {
      const store = mapStore()
      const { get } = store
      // Once for each key: what is sealed is another text each time.
      const given = new Map()
      store.get = (key) => {
        if (!given.has(key)) given.set(key, value(key))
        return get(key) ?? given.get(key)
      }
      const { adapter } = await startAdapter(t, { store })
      const code = await issueCode(adapter, ADA.email)
      assert.deepEqual(await redeem(adapter, code), code, JSON.stringify(value('key')))
    }
  })

  // Who guesses while a store is full would know a right code by the time that its user takes.
  test('to no write answers a right code without waiting for its user, as it does a wrong one', async (t) => {
    const store = mapStore()
    const { adapter, sandbox } = await startAdapter(t, { store, timeout: 5_000 })
    const code = await issueCode(adapter, ADA.email)
    store.set = () => {
      throw new Error('full')
    }
    const { release } = hold(sandbox, {})
    for (const token of ['wrong', code.token]) {
      await assert.rejects(redeem(adapter, { ...code, token }), failure('ERR_STORE'), token)
    }
    release()
  })

  /** What a call comes to within 3 s; afterwards the store throws, so that nothing goes on. */
  async function soon(store, call) {
    const late = sleep(3_000, { code: 'still busy after 3 s' }, { ref: false })
    const outcome = await Promise.race([late, call().catch((error) => error)])
    store.get = () => {
      throw new Error('over')
    }
    return outcome.code
  }

  test('and refuses every compareAndSet is given up, not asked without end', async (t) => {
    const store = { ...mapStore(), compareAndSet: async () => false }
    const { adapter } = await startAdapter(t, { store })
    const create = () => adapter.createVerificationToken(newCode(ADA.email))
    assert.match(await soon(store, create), /^ERR_STORE/)
  })

  test('and gives out another value each time is given up, not asked without end', async (t) => {
    let count = 0
    const store = { ...mapStore(), get: () => ({ count: ++count }) }
    const { adapter } = await startAdapter(t, { store })
    const create = () => adapter.createVerificationToken(newCode(ADA.email))
    assert.match(await soon(store, create), /^ERR_STORE/)
  })
})

// At once: each waits for real time-outs.
describe('a store that never answers', { concurrency: true }, () => {
  const never = () => new Promise(() => {})
  const create = (adapter, code) => adapter.createVerificationToken(code)
  const createAndRedeem = async (adapter, code) => {
    await create(adapter, code)
    return redeem(adapter, code)
  }
  const signInAndOut = async (adapter, { token, expires }) => {
    await adapter.createSession({ sessionToken: token, userId: token, expires })
    return adapter.deleteSession(token)
  }

  async function assertTimesOut(t, store, call) {
    const { adapter } = await startAdapter(t, { store })
    const before = performance.now()
    const members = { retryable: true, message: /10000 ms/ }
    // An identifier of its own: turns are taken by key, in the whole process.
    const code = newCode(`${Math.random()}`)
    await assert.rejects(call(adapter, code), failure('ERR_STORE_TIMEOUT', members))
    const elapsed = performance.now() - before
    assert.ok(elapsed > STORE_TIMEOUT - 50 && elapsed < STORE_TIMEOUT + 2_000, `${elapsed} ms`)
  }

  /** A store that leaves its first get unanswered and is well otherwise. */
  async function assertOthersGoOn(t) {
    const store = mapStore()
    const { get } = store
    const { adapter } = await startAdapter(t, { store })
    let stuck
    // Of two calls at once either may be the first at the store: the other begins when it is asked.
    await new Promise((asked) => {
      store.get = () => {
        store.get = get
        asked()
        return never()
      }
      const call = create(adapter, newCode(ADA.email))
      stuck = assert.rejects(call, failure('ERR_STORE_TIMEOUT'))
    })
    const code = newCode(BOB.email)
    assert.deepEqual(await Promise.race([createAndRedeem(adapter, code), sleep(3_000)]), code)
    await stuck
    const again = newCode(ADA.email)
    assert.deepEqual(await createAndRedeem(adapter, again), again)
  }

  /** Otherwise anybody could make one person wait for hours by guessing while the store hangs. */
  async function assertQueueEnds(t) {
    const store = { ...mapStore(), get: never }
    const { adapter } = await startAdapter(t, { store })
    let settled = 0
    const calls = [1, 2].map(() =>
      redeem(adapter, newCode('queue')).catch((error) => {
        settled += 1
        return error
      }),
    )
    await sleep(STORE_TIMEOUT + 2_000)
    const inTime = settled
    store.get = () => {
      throw new Error('over')
    }
    await Promise.race([Promise.all(calls), sleep(STORE_TIMEOUT + 2_000)])
    assert.equal(inTime, 2, 'calls for one identifier wait for each other’s time-outs')
  }

  test('is ERR_STORE_TIMEOUT after 10 s, whichever method it was', (t) =>
    Promise.all([
      assertTimesOut(t, { ...mapStore(), get: never }, create),
      assertTimesOut(t, { ...mapStore(), set: never }, create),
      assertTimesOut(t, { ...mapStore(), compareAndSet: never }, create),
      assertTimesOut(t, { ...mapStore(), get: never }, redeem),
      assertTimesOut(t, { ...mapStore(), del: never }, signInAndOut),
    ]))

  test('holds up nobody else, and leaves no turn behind', assertOthersGoOn)

  test('holds up nobody for longer because others wait too', assertQueueEnds)
})
