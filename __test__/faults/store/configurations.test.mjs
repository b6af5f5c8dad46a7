import assert from 'node:assert/strict'
import { createServer, request as forward } from 'node:http'
import { describe, test } from 'node:test'
import { KVStore, RedisStore } from '../../../index.js'
import { startAdapter } from '../../../testing/adapter.mjs'
import { createCertificates } from '../../../testing/certificates.mjs'
import { listenFor } from '../../../testing/listening.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { newSession } from '../../../testing/records.mjs'
import { redisFor, startRestFront } from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'

describe('an option that is refused when the store is made:', { concurrency: true }, () => {
  for (const [what, ca] of [
    ['a text without a certificate', 'not a certificate'],
    ['nothing', ''],
    ['no bytes', new Uint8Array()],
    ['a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    [
      'a certificate that is none',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    ],
  ]) {
    test(`an authority that is ${what}`, () => {
      const options = { url: 'rediss://cache.example', tls: { ca } }
      const refused = failure('ERR_INVALID_OPTION', { message: /tls\.ca/ })
      assert.throws(() => new RedisStore(options), refused)
    })
  }

  test('a certificate and a key that do not belong together', async () => {
    const { client, otherClient } = await createCertificates()
    const [cert, key] = [client.certificate.pem, otherClient.key.pem]
    for (const tls of [
      { cert, key },
      { cert: 'none', key },
      { cert, key: 'none' },
    ]) {
      const options = { url: 'rediss://cache.example', tls }
      const refused = failure('ERR_INVALID_OPTION', { message: /tls\.(cert|key)/ })
      assert.throws(() => new RedisStore(options), refused)
    }
  })
})

describe('who connects to which database:', { concurrency: true }, () => {
  test('an empty password is none', async (t) => {
    const redis = await redisFor(t)
    for (const options of [
      { password: '' },
      { username: '', password: '' },
      { username: 'default', password: '' },
    ]) {
      await redisStoreFor(t, { url: redis.url, ...options }).ping()
    }
    await redisStoreFor(t, { url: `redis://:@127.0.0.1:${redis.port}` }).ping()
  })

  test('a number in the URL wins, however it is written', async (t) => {
    const redis = await redisFor(t)
    for (const [suffix, number] of [
      ['', 5],
      ['/', 5],
      ['/0', 0],
      ['/3', 3],
      ['?db=4', 4],
      ['/?db=0', 0],
    ]) {
      const key = `key-${suffix}`
      await redisStoreFor(t, { url: redis.url + suffix, database: 5 }).set(key, 1)
      assert.equal(await redis.cli('-n', number, 'EXISTS', key), '1', suffix)
    }
    const twofold = redisStoreFor(t, { url: `${redis.url}/3?db=4` })
    await assert.rejects(twofold.get('key'), failure('ERR_INVALID_OPTION'))
  })
})

describe('a database over HTTP', { concurrency: true }, () => {
  /** What is in front of a Redis and does not know the header `Upstash-Encoding`. */
  async function withoutEncoding(t) {
    const redis = await redisFor(t)
    const front = await startRestFront(redis)
    t.after(() => front.stop())
    const server = createServer((request, response) => {
      const { 'upstash-encoding': _, ...headers } = request.headers
      const target = forward(front.url, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers)
        answer.pipe(response)
      })
      request.pipe(target)
    })
    const { url } = await listenFor(t, server)
    return new KVStore({ url, token: front.token })
  }

  test('that answers with texts as they are is understood', async (t) => {
    const store = await withoutEncoding(t)
    for (const value of [
      { a: 'ä' },
      ...['T0s=', 'OK', 'eyJhIjoxfQ==', ''],
      ...[true, 1234, 14141414, 0, 1e100, [1], 'null'],
    ]) {
      await store.set('key', value)
      assert.deepEqual(await store.get('key'), value)
      assert.equal(await store.compareAndSet('key', value, { replaced: value }), true)
      assert.deepEqual(await store.get('key'), { replaced: value })
    }
  })

  test('without a token is told so', async () => {
    const names = ['KV_REST_API_URL', 'KV_REST_API_TOKEN']
    const before = names.map((name) => process.env[name])
    try {
      process.env.KV_REST_API_URL = 'https://kv.example'
      delete process.env.KV_REST_API_TOKEN
      const refused = failure('ERR_INVALID_OPTION', { message: /no token/ })
      await assert.rejects(new KVStore().get('key'), refused)
      await assert.rejects(new KVStore({ url: 'https://kv.example' }).get('key'), refused)
    } finally {
      for (const [index, name] of names.entries()) {
        if (before[index] === undefined) delete process.env[name]
        else process.env[name] = before[index]
      }
    }
  })
})

test('a Redis 6.0, which has no GETDEL, ends sessions', async (t) => {
  const redis = await redisFor(t, { args: ['--rename-command', 'GETDEL', ''] })
  const store = redisStoreFor(t, { url: redis.url })
  const { adapter, ada } = await startAdapter(t, { store }, { users: [ADA] })
  const session = newSession(ada.id)
  await adapter.createSession(session)
  assert.deepEqual(await adapter.deleteSession(session.sessionToken), session)
  assert.equal(await adapter.getSessionAndUser(session.sessionToken), null)
})
