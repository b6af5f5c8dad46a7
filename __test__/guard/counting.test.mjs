/**
 * Counts are exact, whoever counts at the same time, and a store that fails lets people in.
 */
import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { MemoryStore, PostgresStore, protect, RedisStore, SqliteStore } from '../../index.js'
import { runWell } from '../../testing/child.mjs'
import { startPostgres } from '../../testing/postgres/postgres.mjs'
import { redisFor } from '../../testing/redis/servers.mjs'
import { newDatabase } from '../../testing/sqlite/database.mjs'

const require = createRequire(import.meta.url)
const { Counter } = require('../../lib/guard/counter.js')
const { rulesOf } = require('../../lib/guard/limits.js')
const { hitsIn, refusal } = require('../../lib/guard/window.js')

const RULES = [{ limit: 'all', max: 10, window: 60_000 }]

/** A store in JavaScript. */
function plainStore({ compareAndSet } = {}) {
  const values = new Map()
  const later = () => new Promise((resolve) => setImmediate(resolve))
  const store = {
    values,
    async get(key) {
      await later()
      return values.get(key) ?? null
    },
    async set(key, value, options) {
      await later()
      values.set(key, JSON.stringify(value))
      store.lifetime = options?.px
    },
    async del(key) {
      values.delete(key)
    },
  }
  return compareAndSet ? { ...store, compareAndSet } : store
}

describe('a window', () => {
  const rules = rulesOf().codesOfAddress

  test('slides: each place is free again when its own time has passed', () => {
    const hits = [0, 40_000, 80_000, 120_000, 160_000].map((at) => [at, ''])
    const at = (now) => refusal(hitsIn({ hits }, rules, now), rules, '', now)
    assert.deepEqual(at(200_000), { limit: 'codesPerAddress', wait: 700_000 })
    assert.deepEqual(at(899_999), { limit: 'codesPerAddress', wait: 1 })
    assert.equal(at(900_000), undefined)
  })

  test('of several rules the one counts that says no for longest', () => {
    const now = 170_000
    const hits = [[160_000, '']]
    assert.deepEqual(refusal(hits, rules, '', now), { limit: 'codeInterval', wait: 20_000 })
  })

  test('servers whose clocks differ write in no order', () => {
    const hits = [
      [160_000, ''],
      [40_000, ''],
      [80_000, ''],
      [0, ''],
      [120_000, ''],
    ]
    const { wait } = refusal(hitsIn({ hits }, rules, 200_000), rules, '', 200_000)
    assert.equal(wait, 700_000)
  })

  test('a clock that is ahead keeps nobody out for longer than a window', () => {
    const [[at]] = hitsIn({ hits: [[10_000_000, '']] }, rules, 5)
    assert.equal(at, 5)
  })

  test('a record of somebody else is no record', () => {
    for (const record of [null, 7, 'x', {}, { hits: 5 }, { hits: [null, 5, ['x', 'y'], {}] }]) {
      assert.deepEqual(hitsIn(record, rules, 5), [])
    }
  })

  test('limits that are given keep the rest of the default, and can be turned off', () => {
    const { codesOfAddress, codesOfClient } = rulesOf({
      codesPerAddress: { max: 9 },
      codeInterval: false,
      codesPerClient: false,
    })
    assert.deepEqual(
      codesOfAddress.map(({ limit, max, window }) => [limit, max, window]),
      [['codesPerAddress', 9, 900_000]],
    )
    assert.deepEqual(
      codesOfClient.map(({ limit, byTag }) => [limit, byTag]),
      [['codesPerClientAndAddress', true]],
    )
  })
})

describe('in one process', () => {
  for (const [name, createStore] of [
    ['MemoryStore', () => new MemoryStore()],
    ['a store with three methods', () => plainStore()],
  ]) {
    test(`of a crowd as many get in as may, through several counters, with ${name}`, async () => {
      const store = createStore()
      const counters = Array.from({ length: 4 }, () => new Counter(store))
      const asks = Array.from({ length: 200 }, (_, n) => counters[n % 4].count('crowd', RULES, ''))
      const outcomes = await Promise.all(asks)
      assert.equal(outcomes.filter((it) => it === undefined).length, 10)
      assert.ok(outcomes.every((it) => it === undefined || it.limit === 'all'))
    })
  }

  test('a crowd costs the store a read and a write for all that waited', async () => {
    const store = plainStore()
    let calls = 0
    const { get } = store
    store.get = (key) => {
      calls += 1
      return get(key)
    }
    const counter = new Counter(store)
    await Promise.all(Array.from({ length: 500 }, () => counter.count('crowd', RULES, '')))
    assert.ok(calls <= 6, `${calls} reads`)
    assert.equal(store.lifetime, 60_000)
  })

  test('what does not stop changing is an error, after a hundred times', async () => {
    const store = plainStore({ compareAndSet: async () => false })
    await assert.rejects(new Counter(store).count('busy', RULES, ''), { code: 'ERR_STORE' })
  })
})

describe('in the store', () => {
  test('stand digests, each with an end', async () => {
    const store = plainStore()
    const { set } = store
    const ends = []
    store.set = (key, value, options) => {
      ends.push([key.replace(/[^:]+$/, ''), options.px])
      return set(key, value, options)
    }
    const handler = protect(() => new Response('passed'), {
      store,
      keyPrefix: 'p:',
      clientAddress: () => '192.0.2.1',
    })
    const origin = 'https://app.example.com/api/auth'
    const body = new URLSearchParams({ email: 'ada@example.com' })
    await handler(new Request(`${origin}/signin/email`, { method: 'POST', body }))
    await handler(new Request(`${origin}/callback/email?email=ada%40example.com&token=x`))
    assert.deepEqual(ends, [
      ['p:guard:codes-of-client:', 900_000],
      ['p:guard:codes-of-address:', 900_000],
      ['p:guard:attempts-of-client:', 900_000],
    ])
    const dump = JSON.stringify([...store.values])
    assert.doesNotMatch(dump, /ada|example|192\.0/)
    for (const key of store.values.keys()) assert.match(key, /^p:guard:[a-z-]+:[\w-]{43}$/)
  })
})

describe('a store that fails', () => {
  const ask = (handler) =>
    handler(
      new Request('https://app.example.com/api/auth/signin/email', {
        method: 'POST',
        body: new URLSearchParams({ email: 'ada@example.com' }),
      }),
    )

  test('lets everybody in, and the logger, the events and a warning say so', async (t) => {
    const events = []
    const listener = (event) => events.push(event)
    subscribe('chatbotkit:nextauth:guard', listener)
    t.after(() => unsubscribe('chatbotkit:nextauth:guard', listener))
    const logged = []
    const handler = protect(() => new Response('passed'), {
      store: new RedisStore({ url: 'redis://127.0.0.1:1', timeout: 300 }),
      clientAddress: () => '192.0.2.1',
      logger: { error: (error) => logged.push(error.code), debug: (name) => logged.push(name) },
    })
    const answers = await Promise.all([1, 2, 3].map(() => ask(handler)))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
    assert.deepEqual(logged.slice(0, 2), ['ERR_STORE', 'chatbotkit:protect'])
    const [{ action, outcome, code }] = events
    assert.deepEqual([events.length, action, outcome, code], [3, 'code', 'uncounted', 'ERR_STORE'])
  })

  test('is none where the environment names one by the first request', async () => {
    const counted = await runWell(
      async (_, answer) => {
        const { protect } = require('./index.js')
        const handler = protect(() => new Response('passed'), { clientAddress: () => '192.0.2.1' })
        process.env.DATABASE_URL = 'file::memory:'
        const url = 'https://app.example.com/api/auth/callback/email?email=a%40b.c'
        const statuses = []
        for (let n = 0; n < 5; n += 1) statuses.push((await handler(new Request(url))).status)
        answer(statuses)
      },
      { env: { REDIS_URL: undefined, KV_REST_API_URL: undefined, DATABASE_URL: undefined } },
    )
    assert.deepEqual(counted, [200, 200, 200, 200, 429])
  })

  test('a clientAddress that fails does the same', async () => {
    const handler = protect(() => new Response('passed'), {
      store: new MemoryStore(),
      clientAddress: () => {
        throw new Error('no address')
      },
    })
    for (let n = 0; n < 3; n += 1) assert.equal((await ask(handler)).status, 200)
  })

  test('warns once in a process', async () => {
    const warnings = await runWell(async (_, answer) => {
      const { protect, RedisStore } = require('./index.js')
      const warnings = []
      process.removeAllListeners('warning')
      process.on('warning', ({ code }) => warnings.push(code))
      const url = 'https://app.example.com/api/auth/callback/email?email=a%40b.c'
      for (let n = 0; n < 2; n += 1) {
        const store = new RedisStore({ url: 'redis://127.0.0.1:1', timeout: 100 })
        const handler = protect(() => new Response('passed'), { store })
        for (let m = 0; m < 2; m += 1) await handler(new Request(url))
      }
      setImmediate(() => answer(warnings))
    })
    assert.deepEqual(warnings, ['CHATBOTKIT_GUARD_CLIENT', 'CHATBOTKIT_GUARD_STORE'])
  })
})

describe('two processes', () => {
  /** Counts 60 requests at once at each moment, and tells how many were let through. */
  async function countAt({ kind, options, moments, rules }, answer) {
    const { setTimeout: sleep } = require('node:timers/promises')
    const { [kind]: Store } = require('./index.js')
    const { Counter } = require('./lib/guard/counter.js')
    const store = new Store(options)
    await store.ping()
    const passed = []
    for (const [round, moment] of moments.entries()) {
      await sleep(moment - Date.now())
      // Several counters, as several copies of a module have them.
      const counters = Array.from({ length: 6 }, () => new Counter(store))
      const asks = Array.from({ length: 60 }, (_, n) =>
        counters[n % 6].count(`${round}`, rules, ''),
      )
      passed.push((await Promise.all(asks)).filter((it) => it === undefined).length)
    }
    await store.close()
    answer(passed)
  }

  async function check(t, kind, options) {
    const begin = Date.now() + 3_000
    const moments = Array.from({ length: 8 }, (_, round) => begin + round * 400)
    const input = { kind, options, moments, rules: RULES }
    const both = await Promise.all([runWell(countAt, { input }), runWell(countAt, { input })])
    t.diagnostic(`let through by each: ${both.map((it) => it.join(' ')).join(' and ')}`)
    assert.deepEqual(
      both[0].map((count, round) => count + both[1][round]),
      Array(moments.length).fill(10),
    )
  }

  test('let through together as many as may, over Redis', async (t) => {
    const { url } = await redisFor(t)
    await check(t, RedisStore.name, { url })
  })

  test('over SQLite', async (t) => {
    await check(t, SqliteStore.name, { path: newDatabase() })
  })

  test('over PostgreSQL', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.stop())
    await check(t, PostgresStore.name, { url: postgres.url })
  })
})
