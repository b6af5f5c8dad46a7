import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ChatBotKitPartnerAdapter, KVStore, MemoryStore, RedisStore } from '../../../index.js'
import { anotherAdapter, startAdapter } from '../../../testing/adapter.mjs'
import { listenFor } from '../../../testing/listening.mjs'
import { settle } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { redisFor, startRestFront } from '../../../testing/redis/servers.mjs'
import { until } from '../../../testing/waiting.mjs'
import { everyMethod, prepare } from './every-method.mjs'

async function start(t, options) {
  const { ada, ...started } = await startAdapter(t, options, { users: [ADA] })
  return { ...started, id: ada.id }
}

describe('an adapter that is closed', { concurrency: true }, () => {
  test('in the midst of calls waits for all of them, and they succeed', async (t) => {
    const { sandbox, adapter } = await start(t)
    sandbox.inject({ type: 'slow-headers', delay: 300 })
    const over = []
    const calls = Array.from({ length: 20 }, (_, n) =>
      adapter.getUserByEmail(`ada+${n}@example.com`).then((found) => over.push(found)),
    )
    await adapter.close()
    await Promise.race([Promise.all(calls), sleep(50)])
    assert.deepEqual(over, Array(20).fill(null))
  })

  test('refuses every method from then on, even while it waits', async (t) => {
    const { sandbox, adapter, id } = await start(t)
    await prepare(adapter, id)
    sandbox.clearRequests()
    sandbox.inject({ type: 'slow-headers', delay: 300 })
    const call = adapter.getUserByEmail('ada@example.com')
    const closing = adapter.close()
    for (const moment of [Promise.resolve(), closing]) {
      await moment
      for (const [name, method] of Object.entries(everyMethod(id))) {
        assert.equal(await settle(method(adapter)), 'ERR_CLOSED', name)
      }
    }
    assert.equal((await call).id, id)
    assert.equal(sandbox.requests.length, 1)
  })

  test('a hundred times at once is closed once, and without a fault', async (t) => {
    const { adapter } = await start(t)
    const call = adapter.getUserByEmail('ada@example.com')
    await Promise.all(Array.from({ length: 100 }, () => adapter.close()))
    await adapter.close()
    assert.notEqual(await call, null)
  })

  test('before it was ever used opens nothing', async (t) => {
    const { adapter, sandbox } = await start(t)
    await adapter.close()
    assert.equal(await settle(adapter.getUser('cx')), 'ERR_CLOSED')
    assert.equal(sandbox.requests.length, 0)
  })

  test('while its calls fail does not fail', async (t) => {
    const { sandbox, adapter } = await start(t, { timeout: 200 })
    sandbox.inject({ type: 'hang' })
    const call = settle(adapter.getUser('cx'))
    const began = performance.now()
    assert.equal(await adapter.close(), undefined)
    assert.equal(await call, 'ERR_API_TIMEOUT')
    assert.ok(performance.now() - began < 2_000)
  })

  test('ends its connections to the API', async (t) => {
    const server = createServer((_, response) => response.end('{"items":[]}'))
    const { url: baseUrl, sockets: open } = await listenFor(t, server)
    const adapter = ChatBotKitPartnerAdapter({ secret: 'x', baseUrl, store: new MemoryStore() })
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => adapter.getUserByEmail(`ada+${n}@example.com`)),
    )
    assert.ok(open.size > 0)
    await adapter.close()
    await until('the connections to end', () => open.size === 0)
  })

  test('leaves the store and other adapters of that store alone', async (t) => {
    const { adapter, sandbox, store, id } = await start(t)
    const other = anotherAdapter(sandbox, { store })
    const session = { sessionToken: 'x', userId: id, expires: new Date(2e12) }
    await adapter.createSession(session)
    await adapter.close()
    assert.deepEqual((await other.getSessionAndUser('x')).session, session)
  })
})

const STORES = {
  async RedisStore(t) {
    const redis = await redisFor(t)
    const hold = () => redis.cli('CLIENT', 'PAUSE', 300)
    return { make: () => new RedisStore({ url: redis.url }), hold, redis }
  },
  async KVStore(t) {
    const redis = await redisFor(t)
    const front = await startRestFront(redis)
    t.after(() => front.stop())
    const { url, token } = front
    const hold = () => redis.cli('CLIENT', 'PAUSE', 300)
    return { make: () => new KVStore({ url, token }), hold }
  },
}

for (const [name, setUp] of Object.entries(STORES)) {
  describe(`a ${name} that is closed`, () => {
    test(`in the midst of calls waits for all of them, and they succeed (${name})`, async (t) => {
      const { make, hold } = await setUp(t)
      const store = make()
      await store.set('key', 1)
      await hold()
      let over = 0
      const calls = Array.from({ length: 20 }, () =>
        settle(store.get('key')).finally(() => {
          over += 1
        }),
      )
      await sleep(50)
      await store.close()
      await Promise.race([Promise.all(calls), sleep(20)])
      assert.equal(over, 20)
      assert.deepEqual(await Promise.all(calls), Array(20).fill('resolved'))
    })

    test(`at the moment of the first calls refuses none of them (${name})`, async (t) => {
      const { make } = await setUp(t)
      const outcomes = []
      for (let round = 0; round < 10; round += 1) {
        const store = make()
        const calls = Array.from({ length: 20 }, () => settle(store.get('key')))
        await store.close()
        outcomes.push(...(await Promise.all(calls)))
      }
      assert.deepEqual([...new Set(outcomes)], ['resolved'])
    })

    test(`any number of times refuses further calls and no second close (${name})`, async (t) => {
      const { make } = await setUp(t)
      for (const isUsed of [true, false]) {
        const store = make()
        if (isUsed) await store.set('key', 1)
        await Promise.all(Array.from({ length: 20 }, () => store.close()))
        await store.close()
        for (const call of [
          () => store.get('key'),
          () => store.set('key', 1),
          () => store.del('key'),
          () => store.compareAndSet('key', null, 1),
          () => store.ping(),
        ]) {
          assert.equal(await settle(call()), 'ERR_CLOSED')
        }
        const adapter = ChatBotKitPartnerAdapter({ store, secret: 'x' })
        assert.equal(await settle(adapter.getSessionAndUser('x')), 'ERR_CLOSED')
      }
    })
  })
}

test('a RedisStore that is closed leaves no connection at the server', async (t) => {
  const { make, redis } = await STORES.RedisStore(t)
  const before = await redis.clients()
  const stores = Array.from({ length: 50 }, make)
  await Promise.all(stores.map((store) => store.set('key', 1)))
  assert.equal(await redis.clients(), before + 50)
  await Promise.all(stores.map((store) => store.close()))
  await until('the connections to end', async () => (await redis.clients()) === before)
})
