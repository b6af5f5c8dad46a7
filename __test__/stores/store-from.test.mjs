import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import face from '../../index.js'
import { startAdapter } from '../../testing/adapter.mjs'
import { runWell } from '../../testing/child.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { issueCode, redeem } from '../../testing/records.mjs'
import { startRedis, startRestFront } from '../../testing/redis/servers.mjs'

const { KVStore, MemoryStore, RedisStore, Store, storeFrom } = face

const redis = await startRedis({ password: 'sesame' })
const front = await startRestFront(redis, { token: 'sesame' })
after(async () => {
  await front.stop()
  await redis.stop()
})

const REDIS_URL = redis.url
const KV = { KV_REST_API_URL: front.url, KV_REST_API_TOKEN: front.token }
const UPSTASH = { UPSTASH_REDIS_REST_URL: front.url, UPSTASH_REDIS_REST_TOKEN: front.token }
const NAMES = ['REDIS_URL', 'KV_URL', 'DATABASE_URL', ...Object.keys({ ...KV, ...UPSTASH })]

/** Asserts that nothing is found, and that the error says so without any value. */
function assertRefused(env, ...words) {
  assert.throws(
    () => storeFrom(env),
    (error) => {
      failure('ERR_INVALID_OPTION')(error)
      for (const word of words) assert.ok(error.message.includes(word), error.message)
      assert.ok(!`${error.stack}`.includes('sesame'), error.stack)
      return true
    },
  )
}

async function assertKeepsCodes(t, store) {
  t.after(() => store.close?.())
  const { adapter } = await startAdapter(t, { store })
  const code = await issueCode(adapter, ADA.email)
  assert.deepEqual(await redeem(adapter, code), code)
}

describe('storeFrom', () => {
  for (const [env, StoreClass] of [
    [{ REDIS_URL }, RedisStore],
    [{ KV_URL: REDIS_URL }, RedisStore],
    [KV, KVStore],
    [UPSTASH, KVStore],
    [{ ...KV, ...UPSTASH, KV_URL: REDIS_URL, REDIS_URL }, RedisStore],
    [{ ...KV, REDIS_URL: '', KV_URL: 'redis://elsewhere.invalid' }, KVStore],
    [{ DATABASE_URL: 'mysql://u:sesame@host/db', REDIS_URL }, RedisStore],
    [{ DATABASE_URL: 'postgres://u:sesame@host/db', ...KV }, KVStore],
  ]) {
    test(`${Object.keys(env).join(', ')}: a ${StoreClass.name} that works`, async (t) => {
      const store = storeFrom(env)
      assert.ok(store instanceof StoreClass)
      await assertKeepsCodes(t, store)
    })
  }

  for (const [name, DATABASE_URL] of [
    ['PostgresStore', 'postgres://user:sesame@localhost/db'],
    ['PostgresStore', 'postgresql://user:sesame@localhost/db'],
    ['SqliteStore', 'file:./sesame.db'],
    ['SqliteStore', 'file:///tmp/sesame.db'],
  ]) {
    test(`DATABASE_URL=${DATABASE_URL.split(':')[0]}: is for ${name}`, async () => {
      if (!face[name]) return assertRefused({ DATABASE_URL }, 'DATABASE_URL', name)
      const store = storeFrom({ DATABASE_URL })
      assert.ok(store instanceof face[name])
      await store.close()
    })
  }

  test('reads process.env when nothing is passed', async () => {
    const env = Object.fromEntries(NAMES.map((name) => [name, undefined]))
    const script = (_, answer) => answer(require('./index.js').storeFrom().constructor.name)
    assert.equal(await runWell(script, { env: { ...env, REDIS_URL } }), 'RedisStore')
  })

  test('names every variable that it looked for, and what is wrong with those that are set', () => {
    assertRefused({}, ...NAMES, 'not set', 'fallback')
    assertRefused({ DATABASE_URL: 'mysql://u:sesame@host' }, 'it begins with mysql:', ...NAMES)
    assertRefused({ DATABASE_URL: 'sesame' }, 'it begins with something else')
    assertRefused({ REDIS_URL: 'https://:sesame@host' }, 'REDIS_URL has to begin with redis://')
    assertRefused({ REDIS_URL: 'file:sesame' }, 'REDIS_URL has to begin with redis://')
    assertRefused({ DATABASE_URL: 'file://sesame/x' }, 'DATABASE_URL', 'without a path')
    assertRefused({ KV_REST_API_URL: 'https://sesame' }, 'KV_REST_API_TOKEN is not set')
    assertRefused({ UPSTASH_REDIS_REST_TOKEN: 'sesame' }, 'UPSTASH_REDIS_REST_URL is not set')
    assertRefused({ ...KV, KV_REST_API_URL: 'redis://sesame' }, 'KV_REST_API_URL has to begin')
    assertRefused(null, 'process.env')
    assert.throws(() => storeFrom({}, { other: 1 }), failure('ERR_INVALID_OPTION'))
  })

  test('returns the fallback where nothing is set, and not where something is wrong', () => {
    const fallback = new MemoryStore()
    assert.equal(storeFrom({}, { fallback }), fallback)
    assert.equal(storeFrom({ DATABASE_URL: 'mysql://host' }, { fallback }), fallback)
    assert.throws(() => storeFrom({ REDIS_URL: 'http://x' }, { fallback }), /REDIS_URL/)
    assert.throws(() => storeFrom({ KV_REST_API_URL: 'http://x' }, { fallback }), /TOKEN/)
  })

  test('gives one store for one address, until it is closed', async () => {
    const store = storeFrom({ REDIS_URL })
    assert.equal(storeFrom({ REDIS_URL }), store)
    assert.notEqual(storeFrom({ REDIS_URL: `${REDIS_URL}/1` }), store)
    await store.close()
    const next = storeFrom({ REDIS_URL })
    assert.notEqual(next, store)
    await next.ping()
    await next.close()
  })

  test('lets next build pass without variables, and the first call fail', async (t) => {
    const store = storeFrom({ NEXT_PHASE: 'phase-production-build' })
    assert.ok(store instanceof Store)
    const { adapter } = await startAdapter(t, { store })
    const failed = await issueCode(adapter, ADA.email).catch((error) => error)
    failure('ERR_STORE')(failed)
    assert.match(failed.cause.message, /REDIS_URL/)
  })
})
