import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ChatBotKitPartnerAdapter, RedisStore } from '../../index.js'
import { createCertificates } from '../../testing/certificates.mjs'
import { listenFor } from '../../testing/listening.mjs'
import { failure, outcomes } from '../../testing/outcomes.mjs'
import { newSession } from '../../testing/records.mjs'
import { redisFor, startCountingProxy, startRedis } from '../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../testing/stores.mjs'
import { assertEveryCallFails } from './store-calls.mjs'

const PASSWORD = 'sesame-0123456789'
const UNREACHED = ['ERR_STORE', 'ERR_STORE_TIMEOUT']
const timeout = 600 // ms

const redis = await startRedis({ password: PASSWORD })
after(() => redis.stop())
const address = `redis://127.0.0.1:${redis.port}`

/** A store that ends with the test. */
const storeFor = (t, options) => redisStoreFor(t, { timeout, ...options })

/** Asserts of each of several stores that nothing is reached, in time. */
function sideBySide(t, stores) {
  return Promise.all(
    stores.map((options) => assertEveryCallFails(storeFor(t, options), UNREACHED, { timeout })),
  )
}

/** A server that does what `serve` does with each connection; its address. */
async function listen(t, serve) {
  return `redis://127.0.0.1:${(await listenFor(t, createServer(serve))).port}`
}

describe('a RedisStore without an address', { concurrency: true }, () => {
  for (const url of [undefined, null, '']) {
    test(`is made without complaint and refuses the first call (url: ${url})`, async (t) => {
      const store = storeFor(t, { url })
      for (const error of await assertEveryCallFails(store, 'ERR_INVALID_OPTION')) {
        assert.equal(error.retryable, false)
        assert.match(error.message, /url/)
      }
      await assert.rejects(store.ping(), failure('ERR_INVALID_OPTION'))
    })
  }

  test('that contradicts itself is refused when it is made', () => {
    for (const options of [
      { url: address, nodes: [address] },
      { url: address, sentinels: [address], service: 'x' },
      { sentinels: [address] },
      { nodes: [] },
      { url: 'http://127.0.0.1' },
      { nodes: [address, 'http://127.0.0.1'] },
      { url: address, timeout: 0 },
      { url: address, adress: address },
      { url: address, tls: { cert: 'x' } },
      { url: address, tls: { ca: 'not a certificate' } },
      null,
    ]) {
      const refused = failure('ERR_INVALID_OPTION')
      assert.throws(() => new RedisStore(options), refused, JSON.stringify(options))
    }
  })
})

describe('a RedisStore whose server', { concurrency: true }, () => {
  test('has another password fails in time, and does not tell the password', async (t) => {
    const password = 'open-0123456789'
    const store = storeFor(t, { url: address, password })
    const secrets = [password, PASSWORD]
    const codes = ['ERR_INVALID_OPTION', ...UNREACHED]
    const errors = await assertEveryCallFails(store, codes, { timeout, secrets })
    assert.match(errors[0].message, /password/)
  })

  test('wants a password fails in time', async (t) => {
    const store = storeFor(t, { url: address })
    await assertEveryCallFails(store, ['ERR_INVALID_OPTION', ...UNREACHED], { timeout })
  })

  test('is not there fails in time', async (t) => {
    const nobody = await startRedis()
    await nobody.stop()
    await sideBySide(t, [
      { url: nobody.url },
      { nodes: [nobody.url] },
      { sentinels: [nobody.url], service: 'sessions' },
      { url: 'unix:///nowhere/redis.sock' },
      { url: 'redis://name.invalid:6379' },
    ])
  })

  test('accepts connections and says nothing fails in time', async (t) => {
    const silent = await listen(t, () => {})
    await sideBySide(t, [
      { url: silent },
      { nodes: [silent] },
      { sentinels: [silent], service: 'sessions' },
      { url: silent.replace('redis:', 'rediss:') },
    ])
  })

  test('hangs up, or is no Redis at all, fails in time', async (t) => {
    for (const serve of [
      (socket) => socket.destroy(),
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'),
      (socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ]) {
      const url = await listen(t, serve)
      const codes = [...UNREACHED, 'ERR_STORE_VALUE']
      await assertEveryCallFails(storeFor(t, { url }), codes, { timeout })
    }
  })

  for (const [how, answer] of [
    ['hangs up at the first command', undefined],
    ['stays a replica', '-READONLY You cannot write against a read only replica.\r\n'],
  ]) {
    test(`${how} is not stormed with connections`, async (t) => {
      let connections = 0
      const url = await listen(t, (socket) => {
        connections += 1
        socket.on('data', (bytes) => {
          const commands = bytes.toString().match(/\*\d+\r\n/g) ?? []
          if (!bytes.includes('\r\nGET\r\n')) socket.write('+OK\r\n'.repeat(commands.length))
          else if (answer) socket.write(answer)
          else socket.destroy()
        })
      })
      const store = storeFor(t, { url, timeout: 1_000 })
      await assert.rejects(store.get('key'), failure('ERR_STORE'))
      // With waits that grow from 20 ms to half a second, as docs/stores.md says.
      assert.ok(connections <= 20, `${connections} connections in a second`)
    })
  }

  test('stands still after it was connected fails in time, and works again later', async (t) => {
    const proxy = await startCountingProxy(redis)
    t.after(() => proxy.stop())
    const store = storeFor(t, { url: proxy.url })
    await store.ping()
    proxy.pause()
    await assertEveryCallFails(store, 'ERR_STORE_TIMEOUT', { timeout })
    proxy.resume()
    await store.ping()
  })

  test('stands still keeps nobody waiting for who connects meanwhile', async (t) => {
    const proxy = await startCountingProxy(redis)
    t.after(() => proxy.stop())
    const store = storeFor(t, { url: proxy.url, timeout: 1_000 })
    await store.ping()
    proxy.pause()
    const call = async (delay) => {
      await sleep(delay)
      const began = performance.now()
      await assert.rejects(store.get('key'), failure('ERR_STORE_TIMEOUT'))
      return performance.now() - began
    }
    // The third begins to connect when the first has given up, before the second does.
    const [first, second, third] = await Promise.all([call(0), call(500), call(1_100)])
    for (const took of [first, second, third]) assert.ok(took < 1_400, `a call took ${took} ms`)
  })

  test('speaks no TLS, or shows a certificate of somebody else, fails in time', async (t) => {
    const certificates = await createCertificates()
    const { ca, otherCa, otherClient } = certificates
    const secure = await redisFor(t, { tls: certificates, clientCertificate: true })
    const foreign = otherClient.tls
    await sideBySide(t, [
      { url: address.replace('redis:', 'rediss:') },
      { url: secure.url.replace('rediss:', 'redis:') },
      { url: secure.url },
      { url: secure.url, tls: { ca: otherCa.pem } },
      { url: secure.url, tls: { ca: ca.pem } },
      { url: secure.url, tls: { ca: ca.pem, ...foreign } },
    ])
  })

  test('refuses scripts by its access list fails with the server’s code', async (t) => {
    await redis.cli('ACL', 'SETUSER', 'reader', 'on', `>${PASSWORD}`, '~*', '+@all', '-@scripting')
    const store = storeFor(t, { url: address, username: 'reader', password: PASSWORD })
    await store.get('key')
    const adapter = ChatBotKitPartnerAdapter({ store, secret: 'unused' })
    await assert.rejects(adapter.createSession(newSession('cuser')), (error) => {
      failure('ERR_STORE')(error)
      assert.match(error.message, /NOPERM/)
      return true
    })
  })
})

test('a RedisStore whose server is a replica for a moment waits for it', async (t) => {
  const demoted = await redisFor(t)
  const store = storeFor(t, { url: demoted.url, timeout: 5_000 })
  await store.set('key', 1)
  await demoted.cli('REPLICAOF', '127.0.0.1', '1')
  const waiting = outcomes([store.set('key', 2), store.compareAndSet('other', null, 3)])
  await sleep(200)
  await demoted.cli('REPLICAOF', 'NO', 'ONE')
  assert.deepEqual(await waiting, [undefined, true])
  assert.deepEqual([await store.get('key'), await store.get('other')], [2, 3])
})

describe('a RedisStore that was closed', { concurrency: true }, () => {
  test('refuses every call, before and after it was connected', async (t) => {
    for (const connected of [false, true]) {
      const store = storeFor(t, { url: redis.url })
      if (connected) await store.ping()
      await store.close()
      await store.close()
      await assertEveryCallFails(store, 'ERR_CLOSED')
      await assert.rejects(store.ping(), failure('ERR_CLOSED'))
      const calls = [store.get('key'), store.set('key', 1), store.del('key')]
      assert.deepEqual(await outcomes(calls), ['ERR_CLOSED', 'ERR_CLOSED', 'ERR_CLOSED'])
    }
  })

  test('has no connection left', async (t) => {
    const alone = await redisFor(t)
    const store = storeFor(t, { url: alone.url })
    await store.ping()
    const before = (await alone.cli('CLIENT', 'LIST')).split('\n').length
    await store.close()
    assert.equal((await alone.cli('CLIENT', 'LIST')).split('\n').length, before - 1)
  })
})
