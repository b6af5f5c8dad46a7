import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startApi } from '../../../testing/adapter.mjs'
import { runWell } from '../../../testing/child.mjs'
import { postgresFor } from '../../../testing/postgres/postgres.mjs'
import { redisFor } from '../../../testing/redis/servers.mjs'
import { newDatabase } from '../../../testing/sqlite/database.mjs'
import { until } from '../../../testing/waiting.mjs'

/**
 * What a worker does: makes an adapter over a store of that kind, uses it, says so, and is busy
 * with five calls at a time until something ends it.
 */
const BUSY = `
  const { parentPort, threadId, workerData } = require('node:worker_threads')
  const { setTimeout: sleep } = require('node:timers/promises')
  const { ChatBotKitPartnerAdapter, MemoryStore, PostgresStore, RedisStore, SqliteStore } = require('./index.js')
  const entries = new Map()
  const store = {
    memory: () => new MemoryStore(),
    redis: () => new RedisStore({ url: workerData.redis }),
    postgres: () => new PostgresStore({ url: workerData.postgres }),
    sqlite: () => new SqliteStore({ path: workerData.path }),
    javascript: () => ({
      get: (key) => sleep(1, entries.get(key)),
      set: (key, value) => sleep(1, void entries.set(key, value)),
      del: (key) => sleep(1, entries.delete(key)),
    }),
  }[workerData.kind]()
  const adapter = ChatBotKitPartnerAdapter({ ...workerData.options, store })
  const call = async (n) => {
    const identifier = n + '@' + threadId + '.example.com'
    const code = { identifier, token: 'x', expires: new Date(Date.now() + 60000) }
    await adapter.createVerificationToken(code)
    await adapter.useVerificationToken(code)
  }
  const go = async (n) => { for (;;) await call(n) }
  const use = () => call(0).then(() => adapter.getUserByEmail('ada@example.com'))
  const beBusy = () => { for (let n = 0; n < 5; n += 1) go(n).catch(() => {}) }`

const REPORT = `
  use().then(({ email }) => { beBusy(); parentPort.postMessage(email) },
    ({ code }) => parentPort.postMessage(code))`

/** Fifty workers, twice, each ended in the midst of its calls; then one more, which is asked. */
async function generations({ source, workerData, isLoaded }, answer) {
  const { once } = require('node:events')
  const { setTimeout: sleep } = require('node:timers/promises')
  const { Worker } = require('node:worker_threads')
  if (isLoaded) globalThis.kept = require('./index.js')
  const start = () => new Worker(source, { eval: true, workerData })
  const emails = []
  for (let generation = 0; generation < 2; generation += 1) {
    const workers = Array.from({ length: 50 }, start)
    const messages = await Promise.all(workers.map((it) => once(it, 'message')))
    emails.push(...messages.flat())
    await Promise.all(workers.map((it, n) => sleep(n % 7).then(() => it.terminate())))
  }
  const last = start()
  emails.push(...(await once(last, 'message')))
  await last.terminate()
  answer(emails)
}

describe('a hundred workers are ended in the midst of calls', () => {
  for (const kind of ['memory', 'redis', 'postgres', 'sqlite', 'javascript']) {
    for (const isLoaded of [true, false]) {
      const where = isLoaded ? 'which the main thread loaded too' : 'which only they loaded'
      test(`with a ${kind} store and an addon ${where}`, async (t) => {
        const { options } = await startApi(t)
        const redis = kind === 'redis' ? await redisFor(t) : undefined
        // Up to four connections for each of fifty workers.
        const settings = { max_connections: 300 }
        const postgres = kind === 'postgres' ? await postgresFor(t, { settings }) : undefined
        const workerData = {
          kind,
          redis: redis?.url,
          postgres: postgres?.url,
          path: newDatabase(),
          options,
        }
        const input = { source: BUSY + REPORT, workerData, isLoaded }
        const emails = await runWell(generations, { input })
        assert.deepEqual(emails, Array(101).fill('ada@example.com'))
        if (redis) {
          await until('their connections to end', async () => (await redis.clients()) === 1)
        }
        if (postgres) {
          await until('their connections to end', async () => (await postgres.clients()) === 0)
        }
      })
    }
  }
})

/** How a worker can end beside being ended: what it does once it is busy, and what becomes of it. */
const ENDS = {
  'calls process.exit': { script: 'process.exit(3)', exit: 3 },
  'throws where nobody catches': { script: 'throw new Error("fault")', exit: 1, error: 'Error' },
  'leaves a rejection unhandled': {
    script: 'Promise.reject(new Error("fault"))',
    ...{ exit: 1, error: 'Error' },
  },
  'runs out of memory': {
    script: 'const all = []; for (;;) all.push(new Array(10000).fill(Math.random()))',
    ...{ exit: 1, error: 'ERR_WORKER_OUT_OF_MEMORY' },
  },
  'closes its adapter and its store': {
    script: 'Promise.all([adapter.close(), store.close?.()]).then(() => process.exit(0))',
    exit: 0,
  },
}

describe('a worker that ends by itself takes nothing along', { concurrency: true }, () => {
  for (const [name, { script, exit, error }] of Object.entries(ENDS)) {
    for (const kind of ['memory', 'javascript']) {
      test(`when it ${name} in the midst of calls to a ${kind} store`, async (t) => {
        const { options } = await startApi(t)
        const answer = await runWell(
          async ({ source, workerData }, answer) => {
            const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
            const { Worker } = require('node:worker_threads')
            const ends = Array.from({ length: 3 }, () => {
              const resourceLimits = { maxOldGenerationSizeMb: 32 }
              const worker = new Worker(source, { eval: true, workerData, resourceLimits })
              return new Promise((resolve) => {
                let failure
                worker.once('error', ({ code, name }) => {
                  failure = code ?? name
                })
                worker.once('exit', (exit) => resolve({ exit, error: failure }))
              })
            })
            const all = await Promise.all(ends)
            const store = new MemoryStore()
            const adapter = ChatBotKitPartnerAdapter({ ...workerData.options, store })
            answer({ all, email: (await adapter.getUserByEmail('ada@example.com')).email })
          },
          {
            input: {
              source: `${BUSY}\nuse().then(() => { beBusy(); setTimeout(() => { ${script} }, 20) })`,
              workerData: { kind, options },
            },
          },
        )
        const expected = error === undefined ? { exit } : { exit, error }
        assert.deepEqual(answer, { all: Array(3).fill(expected), email: 'ada@example.com' })
      })
    }
  }
})

test('a worker that nobody waits for does not keep its process alive', async (t) => {
  const { sandbox, options } = await startApi(t)
  sandbox.inject({ type: 'hang' })
  await runWell(
    async ({ source, workerData }, answer) => {
      const { once } = require('node:events')
      const { Worker } = require('node:worker_threads')
      const worker = new Worker(source, { eval: true, workerData })
      await once(worker, 'message')
      worker.unref()
      answer('left')
    },
    {
      input: {
        source: `${BUSY}\nbeBusy(); parentPort.postMessage('busy')`,
        workerData: { kind: 'memory', options },
      },
    },
  )
})
