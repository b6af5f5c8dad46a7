import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { startApi } from '../../../testing/adapter.mjs'
import { runWell } from '../../../testing/child.mjs'
import { listenFor } from '../../../testing/listening.mjs'
import { redisFor } from '../../../testing/redis/servers.mjs'
import { until } from '../../../testing/waiting.mjs'

/**
 * How much three further thousands of adapters may leave behind, in MiB: 20 KiB each, which is what
 * the allocator scatters. One adapter whose client was not freed would leave more than 100 KiB.
 */
const GROWTH = 60

/** And of JavaScript's heap, where nothing is scattered. */
const HEAP_GROWTH = 2

/**
 * Makes a thousand adapters, each with a store of its own, uses them, and drops them; four times.
 * What is measured after each time.
 */
async function reload({ kind, options, redis, waits }, answer) {
  const { ChatBotKitPartnerAdapter, KVStore, MemoryStore, RedisStore } = require('./index.js')
  const { measure } = await import('./__test__/faults/process/measures.mjs')
  const makeStore = {
    memory: () => new MemoryStore(),
    redis: () => new RedisStore({ url: redis }),
    kv: () => new KVStore({ url: options.baseUrl, token: 'token', timeout: 2_000 }),
    javascript: () => {
      const entries = new Map([['ballast', 'x'.repeat(10_000)]])
      return {
        get: async (key) => entries.get(key),
        set: async (key, value) => void entries.set(key, value),
        del: async (key) => void entries.delete(key),
      }
    },
  }[kind]
  const round = async () => {
    const all = []
    for (let n = 0; n < 20; n += 1) {
      const adapters = Array.from({ length: 50 }, () =>
        ChatBotKitPartnerAdapter({ ...options, store: makeStore() }),
      )
      const calls = adapters.map(async (adapter, n) => {
        const code = { identifier: `${n}`, token: 'x', expires: new Date(Date.now() + 60_000) }
        await adapter.createVerificationToken(code).catch(() => {})
        await adapter.getUserByEmail('ada@example.com')
      })
      if (waits) await Promise.all(calls)
      all.push(...calls)
    }
    await Promise.all(all)
  }
  const measures = []
  for (let n = 0; n < 4; n += 1) {
    await round()
    measures.push(await measure())
  }
  answer(measures)
}

function assertSettled(measures) {
  const [first, last] = [measures[0], measures.at(-1)]
  const text = JSON.stringify(measures)
  assert.ok(last.megabytes - first.megabytes < GROWTH, text)
  assert.ok(last.heap - first.heap < HEAP_GROWTH, text)
  // Those of the process itself, and a few whose closing is under way.
  assert.ok(last.sockets <= 8 && last.files <= first.files + 8, text)
}

describe('a thousand adapters that are made, used and dropped by hot reload', {
  concurrency: 2,
}, () => {
  for (const kind of ['memory', 'javascript', 'redis', 'kv']) {
    test(`with a ${kind} store each give back their memory and their connections`, async (t) => {
      const { options } = await startApi(t)
      const redis = kind === 'redis' ? await redisFor(t) : undefined
      const input = { kind, options, redis: redis?.url, waits: true }
      const measures = await runWell(reload, { input, flags: ['--expose-gc'] })
      t.diagnostic(measures.map(({ megabytes }) => megabytes.toFixed(1)).join(', '))
      assertSettled(measures)
      if (redis) {
        await until('the connections to end', async () => (await redis.clients()) === 1)
      }
    })
  }

  test('in the midst of their calls give back their memory and their connections', async (t) => {
    const { options } = await startApi(t, { latency: 5 })
    const input = { kind: 'javascript', options, waits: false }
    const measures = await runWell(reload, { input, flags: ['--expose-gc'] })
    t.diagnostic(measures.map(({ megabytes }) => megabytes.toFixed(1)).join(', '))
    assertSettled(measures)
  })
})

test('the package itself, loaded twelve hundred times over, gives back its memory', async (t) => {
  const sizes = await runWell(
    async (_, answer) => {
      const { createRequire } = require('node:module')
      const { measure } = await import('./__test__/faults/process/measures.mjs')
      const load = () => {
        for (const file of Object.keys(require.cache)) {
          if (!file.includes('faults')) delete require.cache[file]
        }
        // A module holds on to what it loaded: each copy is loaded by another one.
        return createRequire(`${process.cwd()}/${Math.random()}.js`)('./index.js')
      }
      const round = async () => {
        for (let n = 0; n < 200; n += 1) {
          const { ChatBotKitPartnerAdapter, MemoryStore } = load()
          const adapter = ChatBotKitPartnerAdapter({ secret: 'x', store: new MemoryStore() })
          await adapter.createSession({ sessionToken: 'x', userId: 'cx', expires: new Date(2e12) })
        }
        const { megabytes, heap } = await measure()
        return { native: megabytes - heap, heap }
      }
      const sizes = []
      for (let n = 0; n < 6; n += 1) sizes.push(await round())
      answer(sizes)
    },
    { flags: ['--expose-gc'] },
  )
  // From the second time on: the first ones warm the allocator and V8's code up. Single steps are
  // uneven, as pages come in clusters; four of them, 800 loads, tell.
  const grown = (what) => sizes.at(-1)[what] - sizes[1][what]
  const text = JSON.stringify(sizes)
  t.diagnostic(`grown by ${grown('heap').toFixed(1)} and ${grown('native').toFixed(1)} MiB`)
  // Node itself keeps some 25 KiB of the heap each time that a package of so many files is loaded
  // again. A copy that something held on to would keep 100 KiB.
  assert.ok(grown('heap') < 24, text)
  assert.ok(grown('native') < 20, text)
})

test('adapters that are dropped while the API holds their connections open let go of them', async (t) => {
  const server = createServer((_, response) => response.end('{"items":[]}'))
  server.keepAliveTimeout = 60_000
  const { url, sockets: open } = await listenFor(t, server)
  let peak = 0
  const run = runWell(
    async (baseUrl, answer) => {
      const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
      const { measure } = await import('./__test__/faults/process/measures.mjs')
      const make = () =>
        ChatBotKitPartnerAdapter({ secret: 'x', baseUrl, store: new MemoryStore() })
      const use = (adapters) => Promise.all(adapters.map((it) => it.getUserByEmail('a@b.c')))
      await use(Array.from({ length: 100 }, make))
      answer(await measure())
    },
    { input: url, flags: ['--expose-gc'] },
  )
  const timer = setInterval(() => {
    peak = Math.max(peak, open.size)
  }, 5)
  const { sockets } = await run
  clearInterval(timer)
  assert.ok(peak >= 50, `${peak} connections`)
  assert.ok(sockets <= 4, `${sockets} sockets`)
  await until('the connections to end', () => open.size === 0)
})
