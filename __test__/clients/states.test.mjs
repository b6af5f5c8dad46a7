import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import { ChatBotKitPartnerAdapter } from '../../index.js'
import { startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { freePort } from '../../testing/ports.mjs'
import { issueCode, redeem } from '../../testing/records.mjs'
import { startRedis } from '../../testing/redis/servers.mjs'
import { clientFor, NATIVE, title } from './libraries.mjs'

const require = createRequire(new URL('installed/package.json', import.meta.url))

const redis = await startRedis()
after(() => redis.stop())

function assertRefused(store, ...words) {
  assert.throws(
    () => ChatBotKitPartnerAdapter({ secret: 'x', store }),
    (error) => {
      failure('ERR_INVALID_OPTION')(error)
      for (const word of words) assert.ok(error.message.includes(word), error.message)
      assert.ok(!error.message.includes('sesame'), error.message)
      return true
    },
  )
}

async function assertSignsIn(t, store) {
  const { adapter } = await startAdapter(t, { store })
  const code = await issueCode(adapter, ADA.email)
  assert.deepEqual(await redeem(adapter, code), code)
  assert.equal(await redeem(adapter, code), null)
}

test('an ioredis client that was closed is refused', async (t) => {
  const client = await clientFor(t, 'ioredis', { url: redis.url })
  await client.quit()
  if (client.status !== 'end') await once(client, 'end')
  assertRefused(client, 'ioredis', 'closed', 'new RedisStore({ url })')
})

test('an ioredis client with lazyConnect connects with the first call and not before', async (t) => {
  const client = await clientFor(t, 'ioredis', { url: redis.url, options: { lazyConnect: true } })
  ChatBotKitPartnerAdapter({ secret: 'x', store: client })
  assert.equal(client.status, 'wait')
  await assertSignsIn(t, client)
})

for (const library of NATIVE) {
  test(`${title(library)} may be connecting when the adapter is made`, async (t) => {
    const client = await clientFor(t, library, { url: redis.url })
    assert.notEqual(client.status ?? client.isReady, library === 'ioredis' ? 'ready' : true)
    await assertSignsIn(t, client)
  })

  test(`${title(library)} that is closed later is an error of the call, with its cause`, async (t) => {
    const client = await clientFor(t, library, { url: redis.url })
    const { adapter } = await startAdapter(t, { store: client })
    await issueCode(adapter, ADA.email)
    await (client.quit ?? client.close).call(client)
    const failed = await issueCode(adapter, ADA.email).catch((error) => error)
    failure('ERR_STORE', { retryable: true })(failed)
    assert.match(failed.cause.message, /closed/i)
  })

  test(`making an adapter over ${title(library)} whose server is away neither waits nor throws`, async (t) => {
    const url = `redis://:sesame@127.0.0.1:${await freePort()}`
    ChatBotKitPartnerAdapter({ secret: 'x', store: await clientFor(t, library, { url }) })
  })
}

for (const library of NATIVE.slice(1)) {
  for (const [what, make] of Object.entries({
    client: ({ createClient }) => createClient({ url: 'redis://:sesame@127.0.0.1' }),
    pool: ({ createClientPool }) => createClientPool?.({ url: 'redis://127.0.0.1' }),
    cluster: ({ createCluster }) => createCluster({ rootNodes: [{ url: 'redis://127.0.0.1' }] }),
    sentinel: ({ createSentinel }) =>
      createSentinel?.({ name: 'x', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] }),
  })) {
    const client = make(require(library))
    if (!client) continue
    test(`a ${what} of ${title(library)} that was never connected is refused`, () => {
      assertRefused(client, 'node-redis', 'connect()', 'new RedisStore({ url })')
    })
  }

  test(`${title(library)} that was closed is refused`, async (t) => {
    const client = await clientFor(t, library, { url: redis.url })
    await client.ping()
    await (client.close ?? client.quit).call(client)
    assertRefused(client, 'node-redis', 'closed')
  })
}

test('a client of redis need not be connected while next build loads the configuration', (t) => {
  process.env.NEXT_PHASE = 'phase-production-build'
  t.after(() => {
    delete process.env.NEXT_PHASE
  })
  ChatBotKitPartnerAdapter({ secret: 'x', store: require('redis').createClient() })
})

test('a client with callbacks is refused', async (t) => {
  for (const library of ['redis-5', 'redis']) {
    const client = await clientFor(t, library, { url: redis.url })
    assertRefused(client.legacy(), 'callbacks', 'new RedisStore({ url })')
  }
})

test('what is known to be no store is named, with what to pass instead', () => {
  const fn = () => {}
  const base = { get: fn, set: fn, del: fn }
  for (const [value, ...words] of [
    [new Map(), 'a Map', 'del()', 'new MemoryStore()'],
    ['redis://user:sesame@host', 'a Redis URL', 'get()', 'new RedisStore({ url })'],
    ['sesame', 'a string', 'get()', 'a KVStore'],
    [{ ...base, customCommand: fn }, 'Valkey GLIDE', 'new RedisStore'],
    [{ ...base, send: fn, hmget: fn, connected: true }, 'Bun', 'new RedisStore'],
    [{ ...base, wrap: fn, mget: fn, mset: fn }, 'cache-manager', 'Keyv'],
    [{ ...base, send_command: fn }, 'callbacks', 'redis 4'],
    [{ query: fn, connect: fn }, 'PostgreSQL', 'extends Store'],
    [{ prepare: fn, exec: fn }, 'SQLite', 'extends Store'],
    [{ $connect: fn, $disconnect: fn }, 'Prisma', 'extends Store'],
    [require('ioredis').Redis, 'a class', 'new'],
    [Promise.resolve(base), 'a promise', 'await'],
    [[], 'an array', 'get()'],
    [new URL('redis://sesame'), 'an instance of URL', 'get()'],
    [Object.create(null), 'an object', 'get()'],
  ]) {
    assertRefused(value, 'The option "store" is', ...words)
  }
})

test('what cannot be looked at is refused with the reason as cause', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const store of [
    proxy,
    {
      get status() {
        throw new Error('no')
      },
    },
  ]) {
    assert.throws(
      () => ChatBotKitPartnerAdapter({ secret: 'x', store }),
      (error) => failure('ERR_INVALID_OPTION')(error) && 'cause' in error,
    )
  }
})

test('the kv of @vercel/kv without its variables fails at the first call and not before', async (t) => {
  for (const name of ['KV_REST_API_URL', 'KV_REST_API_TOKEN']) delete process.env[name]
  const { kv } = require('@vercel/kv')
  const { adapter } = await startAdapter(t, { store: kv })
  const failed = await issueCode(adapter, ADA.email).catch((error) => error)
  failure('ERR_STORE')(failed)
  assert.match(failed.cause.message, /KV_REST_API_URL/)
})
