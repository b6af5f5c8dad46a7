import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { MemoryStore } from '../../../index.js'
import { anotherAdapter } from '../../../testing/adapter.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { EVE, UNPROVEN } from '../../../testing/people.mjs'
import { guess, issueCode, newCode, redeem } from '../../../testing/records.mjs'
import { startRedis } from '../../../testing/redis/servers.mjs'
import { mapStore, redisStoreFor } from '../../../testing/stores.mjs'
import { start } from './subject.mjs'

const redis = await startRedis()
after(() => redis.stop())

const STORES = {
  'a MemoryStore': () => new MemoryStore(),
  Redis: (t) => redisStoreFor(t, { url: redis.url }),
  'a store in JavaScript': () => mapStore(),
}

/** What the API does to a write, while look-ups work. */
const REFUSALS = {
  'answers 503': [{ type: 'status', status: 503 }, 'ERR_API_UNAVAILABLE'],
  'answers 429': [{ type: 'status', status: 429 }, 'ERR_API_RATE_LIMITED'],
  'has a full plan': [
    { type: 'status', status: 429, code: 'LIMITS_REACHED' },
    'ERR_API_LIMIT_REACHED',
  ],
  'answers 200 with an error': [{ type: 'error200' }, 'ERR_API_UNAVAILABLE'],
  'answers with a gateway’s page': [{ type: 'html' }, 'ERR_API_UNAVAILABLE'],
  'resets the connection': [{ type: 'reset' }, 'ERR_API_UNREACHABLE'],
  'does not answer in time': [{ type: 'hang' }, 'ERR_API_TIMEOUT'],
}

/** Whose sign-in writes something. */
const PEOPLE = {
  'somebody new is made': [EVE.email, 'create'],
  'an address is written to be proven': [UNPROVEN.email, 'update'],
}

const OPTIONS = { timeout: 250 }
const API = { users: [UNPROVEN] }

/** What NextAuth calls when a code comes back; undefined when the code is no good. */
async function signIn(adapter, code) {
  if ((await redeem(adapter, code)) === null) return undefined
  const { identifier: email } = code
  const user = await adapter.getUserByEmail(email)
  const emailVerified = new Date()
  return user
    ? adapter.updateUser({ id: user.id, emailVerified })
    : adapter.createUser({ email, emailVerified })
}

for (const [name, store] of Object.entries(STORES)) {
  describe(`a code over ${name} is not used up`, { concurrency: 4 }, () => {
    for (const [what, [fault, error]] of Object.entries(REFUSALS)) {
      for (const [when, [email, route]] of Object.entries(PEOPLE)) {
        test(`when the API ${what} while ${when}`, async (t) => {
          const options = { ...OPTIONS, store: store(t), keyPrefix: `${randomUUID()}:` }
          const { adapter, sandbox } = await start(t, options, API)
          const other = anotherAdapter(sandbox, options)
          const code = await issueCode(adapter, email)
          await guess(adapter, email, 3)
          const outage = sandbox.inject({ ...fault, route })
          for (let attempt = 0; attempt < 3; attempt += 1) {
            await assert.rejects(signIn(adapter, code), failure(error))
          }
          outage.remove()
          const { id } = await signIn(adapter, code)
          assert.equal(sandbox.users.findByEmail(email).id, id)
          for (const it of [adapter, other]) assert.equal(await signIn(it, code), undefined)
        })
      }
    }

    test('by a sign-in that failed and guesses: those before it and after it count', async (t) => {
      const options = { ...OPTIONS, store: store(t), keyPrefix: `${randomUUID()}:` }
      const { adapter, sandbox } = await start(t, options, API)
      const code = await issueCode(adapter, EVE.email)
      await guess(adapter, EVE.email, 3)
      sandbox.inject({ type: 'status', status: 503, route: 'create', times: 1 })
      await assert.rejects(signIn(adapter, code), failure('ERR_API_UNAVAILABLE'))
      await guess(adapter, EVE.email, 2)
      assert.equal(await redeem(adapter, code), null)
    })
  })
}

/** What may happen to the look-ups after the API said that somebody was made. */
const LOOK_UPS = {
  'works otherwise': [],
  'answers look-ups by id with 503': [{ type: 'status', status: 503, route: 'fetch' }],
  'answers look-ups by address with 503': [{ type: 'status', status: 503, route: 'list' }],
  'resets the connections of look-ups': ['fetch', 'list'].map((route) => ({
    type: 'reset',
    route,
  })),
  'does not answer look-ups': ['fetch', 'list'].map((route) => ({ type: 'hang', route })),
  'limits lists and does not know the id': [
    { type: 'status', status: 404, route: 'fetch' },
    { type: 'status', status: 429, code: 'LIMITS_REACHED', route: 'list' },
  ],
}

describe('an API that answers a create with the id of somebody else', { concurrency: 4 }, () => {
  for (const [what, faults] of Object.entries(LOOK_UPS)) {
    for (const emailVerified of [new Date(), null]) {
      const how = emailVerified ? 'proven' : 'unproven'
      test(`and ${what} gives nobody’s account to an ${how} address`, async (t) => {
        const { adapter, sandbox, ada } = await start(t, OPTIONS)
        const json = { id: ada.id }
        const wrong = sandbox.inject({ type: 'body', json, route: 'create', times: 1 })
        const outages = faults.map((fault) => sandbox.inject(fault))
        const create = () => adapter.createUser({ email: EVE.email, emailVerified })
        await assert.rejects(create(), { name: 'ChatBotKitError', retryable: true })
        assert.equal(wrong.hits, 1)
        for (const outage of outages) outage.remove()
        const { id } = await create()
        assert.equal(sandbox.users.findByEmail(EVE.email).id, id)
        assert.notEqual(id, ada.id)
      })
    }
  }
})

describe('somebody whose making failed after the API had made them', { concurrency: 4 }, () => {
  const lost = {
    'the answer was lost': { type: 'reset', route: 'create', when: 'after' },
    'the answer was cut off': { type: 'truncate', route: 'create', when: 'after' },
    'the answer came, and nobody could be asked': undefined,
  }
  for (const [what, fault] of Object.entries(lost)) {
    test(`from a provider is made again and is the same, though ${what}`, async (t) => {
      const { adapter, sandbox } = await start(t, OPTIONS, { users: [] })
      let isMade = false
      sandbox.inject({
        ...{ type: 'status', status: 503 },
        match({ route }) {
          if (route === 'create') isMade = true
          return isMade && route !== 'create'
        },
      })
      if (fault) sandbox.inject(fault)
      const person = { email: EVE.email, emailVerified: null }
      await assert.rejects(adapter.createUser(person), { name: 'ChatBotKitError' })
      sandbox.clearFaults()
      assert.equal(sandbox.users.all().length, 1)
      // NextAuth refuses to link a provider to somebody who is there already.
      assert.equal(await adapter.getUserByEmail(EVE.email), null)
      const { id } = await adapter.createUser(person)
      assert.deepEqual(
        sandbox.users.all().map((user) => user.id),
        [id],
      )
      assert.equal((await adapter.getUserByEmail(EVE.email)).id, id)
      await assert.rejects(adapter.createUser(person), failure('ERR_EMAIL_TAKEN'))
    })
  }
})

describe('an API that compares addresses exactly', { concurrency: 4 }, () => {
  const GRACE = { email: 'Grace.Hopper@Example.com' }
  const startExact = (t) => start(t, {}, { users: [GRACE], emailComparison: 'sensitive' })

  test('finds somebody as the address is typed', async (t) => {
    const { adapter, sandbox } = await startExact(t)
    const [{ id }] = sandbox.users.all()
    assert.equal((await adapter.getUserByEmail(` ${GRACE.email}`)).id, id)
    sandbox.clearRequests()
    assert.equal(await adapter.getUserByEmail('Nobody@example.com'), null)
    assert.equal(sandbox.requests.length, 2)
  })

  test('signs somebody in as the address is typed, and makes no second account', async (t) => {
    const { adapter, sandbox } = await startExact(t)
    const [{ id }] = sandbox.users.all()
    assert.equal((await signIn(adapter, await issueCode(adapter, GRACE.email))).id, id)
    const { email } = GRACE
    assert.equal((await adapter.createUser({ email, emailVerified: new Date() })).id, id)
    await assert.rejects(adapter.createUser({ email }), failure('ERR_EMAIL_TAKEN'))
    assert.equal(sandbox.users.all().length, 1)
    assert.equal(await redeem(adapter, newCode(email)), null)
  })
})
