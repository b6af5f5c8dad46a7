import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { KVStore } from '../../../index.js'
import { ALL_ON, startAdapter } from '../../../testing/adapter.mjs'
import { listenFor } from '../../../testing/listening.mjs'
import { ADA } from '../../../testing/people.mjs'
import { redisFor } from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { assertBounded } from './bounded.mjs'
import { prepare } from './every-method.mjs'

/** Options under which a call that meets only silence is over soon. Milliseconds. */
const IMPATIENT = { timeout: 300, retries: 1, retryDelay: 50 }

async function start(t, options) {
  // No snapshots: every method that may ask the API asks it.
  const all = { ...ALL_ON, ...IMPATIENT, userCacheTtl: 0, ...options }
  const { ada, ...started } = await startAdapter(t, all, { users: [ADA] })
  return { ...started, id: ada.id }
}

const SILENCES = {
  'never answers': { type: 'hang' },
  'applies what it is sent and never says so': { type: 'hang', when: 'after' },
  'sends its answers a byte at a time': { type: 'slow-body', delay: 200 },
  'takes longer over its headers than a call may take': { type: 'slow-headers', delay: 60_000 },
  'lists pages without an end': { type: 'endless-cursor' },
}

describe('every method is over in time', { concurrency: true }, () => {
  for (const [name, fault] of Object.entries(SILENCES)) {
    test(`while the API ${name}`, async (t) => {
      const { adapter, sandbox, id } = await start(t, {})
      await prepare(adapter, id)
      sandbox.inject(fault)
      await assertBounded(adapter, id, 5_000)
      sandbox.clearFaults()
      assert.notEqual(await adapter.getUserByEmail('ada@example.com'), undefined)
    })
  }

  test('while Redis is stopped in the midst of its work, and works when it goes on', async (t) => {
    const redis = await redisFor(t)
    const store = redisStoreFor(t, { url: redis.url, timeout: 500 })
    const { adapter, id } = await start(t, { store })
    await prepare(adapter, id)
    process.kill(redis.pid, 'SIGSTOP')
    try {
      const { getSessionAndUser } = await assertBounded(adapter, id, 5_000)
      assert.equal(getSessionAndUser, 'ERR_STORE_TIMEOUT')
    } finally {
      process.kill(redis.pid, 'SIGCONT')
    }
    await adapter.createSession({ sessionToken: 'x', userId: id, expires: new Date(2e12) })
  })

  test('while a database behind REST takes requests and answers none', async (t) => {
    const silent = createServer(() => {})
    const { url } = await listenFor(t, silent)
    const store = new KVStore({ url, token: 'token', timeout: 500 })
    const { adapter, id } = await start(t, { store })
    const { createSession } = await assertBounded(adapter, id, 5_000)
    assert.equal(createSession, 'ERR_STORE_TIMEOUT')
  })
})
