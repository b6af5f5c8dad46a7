import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import clients from '../../lib/stores/clients/index.js'
import { ask, startRedis, startRestFront } from '../../testing/redis/servers.mjs'
import { ABSTRACT, clientFor, NATIVE, REST, title, WITH_POOLS } from './libraries.mjs'

const redis = await startRedis()
const front = await startRestFront(redis)
after(async () => {
  await front.stop()
  await redis.stop()
})

/** Each is a JSON value that a client, left alone, makes something else of. */
const VALUES = [
  ...['', ' ', 'text', '5', '1e3', '007', 'true', 'null', 'undefined', 'NaN', '"quoted"', 'OK'],
  ...['{"a":1}', '[1,2]', '{', '\\', '\u0000', 'ünï ☕ 𝒳 \ud83d\ude00', '\u2028', 'line\r\nline'],
  ...[0, -0.5, 1e21, 2 ** 53 - 1, 123456789012345680000, true, false],
  ...[[], {}, [null, [[]]], { '': { ' ': null } }, { b: 1, a: 2, 10: 3, 9: 4 }],
  JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{}},"n":12.50}'),
  { text: 'x'.repeat(100_000) },
  { dates: new Date(0).toISOString(), nested: { text: '{"a":"5"}', number: 5, none: null } },
]

/** Ways in which applications set their clients. */
const SUBJECTS = [
  ...NATIVE.map((library) => [library, { url: redis.url }]),
  ...WITH_POOLS.map((library) => [library, { url: redis.url, pool: true }]),
  ['ioredis', { url: redis.url, options: { keyPrefix: 'own:', stringNumbers: true } }],
  ['redis', { url: redis.url, options: { keyPrefix: 'own:' } }],
  ['redis-4', { url: redis.url, options: { legacyMode: true } }],
  ['redis', { url: redis.url, options: { RESP: 3 } }],
  ...REST.map((library) => [library, front]),
  ...REST.map((library) => [library, { ...front, options: { automaticDeserialization: false } }]),
  ['@upstash/redis', { ...front, options: { enableAutoPipelining: true } }],
  ['@upstash/redis', { ...front, options: { responseEncoding: false } }],
  ...ABSTRACT.map((library) => [library, {}]),
]

for (const [library, place] of SUBJECTS) {
  const { url, token, pool, options } = place
  const settings = { ...(pool && { pool }), ...options }
  const prefix = `values:${library}:${JSON.stringify(settings)}:`
  describe(`a store over ${title(library)} ${JSON.stringify(settings)}`, () => {
    const start = async (t) =>
      clients.storeOver(await clientFor(t, library, { url, token, pool, options }))

    test('gives back what went in', async (t) => {
      const store = await start(t)
      const put = VALUES.map((value, number) =>
        store.set(`${prefix}${number}`, value, number % 2 ? { px: 60_000 } : undefined),
      )
      await Promise.all(put)
      for (const [number, value] of VALUES.entries()) {
        const found = JSON.parse(await store.get(`${prefix}${number}`))
        assert.deepEqual(found, JSON.parse(JSON.stringify(value)), `value ${number}`)
      }
      assert.equal(await store.get(`${prefix}none`), null)
    })

    test('compares what is there with what was read', async (t) => {
      const store = await start(t)
      if (!store.compareAndSet) return t.skip('is made atomic by the adapter')
      const all = VALUES.map(async (value, number) => {
        const key = `${prefix}compared:${number}`
        const next = { next: value }
        assert.equal(await store.compareAndSet(key, value, next), false)
        assert.equal(await store.compareAndSet(key, null, value, { px: 60_000 }), true)
        assert.equal(await store.compareAndSet(key, { other: value }, next), false)
        assert.equal(await store.compareAndSet(key, null, next), false)
        const read = JSON.parse(await store.get(key))
        assert.equal(await store.compareAndSet(key, read, next, { px: 60_000 }), true)
        assert.equal(await store.compareAndSet(key, read, next), true, 'a repetition')
        assert.equal(await store.compareAndSet(key, read, null), false)
        assert.equal(await store.compareAndSet(key, next, null), true)
        assert.equal(await store.get(key), null)
      })
      await Promise.all(all)
    })

    test('ends lifetimes, and keeps what has none', async (t) => {
      const store = await start(t)
      await store.set(`${prefix}brief`, { a: 1 }, { px: 400.5 })
      await store.set(`${prefix}lasting`, { a: 1 }, { px: 400 })
      await store.set(`${prefix}lasting`, { a: 2 })
      assert.deepEqual(JSON.parse(await store.get(`${prefix}brief`)), { a: 1 })
      await sleep(450)
      assert.equal(await store.get(`${prefix}brief`), null)
      assert.deepEqual(JSON.parse(await store.get(`${prefix}lasting`)), { a: 2 })
      await store.del(`${prefix}lasting`)
      await store.del(`${prefix}lasting`)
      assert.equal(await store.get(`${prefix}lasting`), null)
      if (!store.compareAndSet) return
      assert.equal(await store.compareAndSet(`${prefix}brief`, null, 1, { px: 400 }), true)
      await sleep(450)
      assert.equal(await store.compareAndSet(`${prefix}brief`, 1, 2), false)
      assert.equal(await store.compareAndSet(`${prefix}brief`, null, 2), true)
    })

    test('keeps odd keys apart', async (t) => {
      const store = await start(t)
      const keys = [
        'a:b',
        'a::b',
        'a/b',
        'a\\b',
        'a:b:',
        ':a:b',
        'a?b',
        'a?c',
        'a%3fb',
        'a$',
        'a..b',
      ]
      const odd = [...keys, 'a:..:b', 'a:.', 'A:b', 'ä', 'a b', '{a}b', '*', '[a]', 'x'.repeat(200)]
      await Promise.all(odd.map((key) => store.set(prefix + key, { key })))
      for (const key of odd) {
        assert.deepEqual(JSON.parse(await store.get(prefix + key)), { key }, key)
      }
    })
  })
}

test('a key prefix of the client stands before keys, in scripts as well', async (t) => {
  for (const library of ['ioredis', 'redis']) {
    const options = { keyPrefix: 'tenant:' }
    const store = clients.storeOver(await clientFor(t, library, { url: redis.url, options }))
    assert.equal(await store.compareAndSet(`prefixed-${library}`, null, { a: 1 }), true)
    assert.equal(await ask(redis, 'GET', `tenant:prefixed-${library}`), '{"a":1}')
  }
})

// RedisStore writes members in their own order, and an index of numbers does not stay in it.
test('a value in other words is the same value', async (t) => {
  for (const library of NATIVE) {
    const store = clients.storeOver(await clientFor(t, library, { url: redis.url }))
    await ask(redis, 'SET', 'words', '{ "b" : 1.0 , "a" : "\\u0041" }')
    assert.equal(await store.compareAndSet('words', { a: 'A', b: 2 }, { c: 1 }), false)
    assert.equal(await store.compareAndSet('words', { a: 'A', b: 1 }, { c: 1 }), true)
    await ask(redis, 'SET', 'words', 'no JSON')
    assert.equal(await store.compareAndSet('words', { a: 'A' }, { c: 1 }), false)
  }
})
