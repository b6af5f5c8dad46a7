import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { KVStore } from '../../../index.js'
import { createCertificates } from '../../../testing/certificates.mjs'
import { listenFor } from '../../../testing/listening.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ask, redisFor, startCluster, startRestFront } from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { answering } from './networks.mjs'

const PASSWORD = 'sesame-0123456789'

/** What a call may take that is refused for good, in milliseconds. */
const AT_ONCE = 1_000

/** Asserts that a call fails at once, for good, and says why, on which host. */
async function assertRefused(call, host, words, code = 'ERR_STORE') {
  const began = performance.now()
  await assert.rejects(call, failure(code, { retryable: false, message: words }))
  const took = performance.now() - began
  assert.ok(took < AT_ONCE, `took ${Math.round(took)} ms`)
  await assert.rejects(call, ({ message }) => {
    assert.ok(message.includes(host), message)
    assert.ok(!message.includes(PASSWORD), message)
    return true
  })
}

const bulk = (text) => `$${text.length}\r\n${text}\r\n`

describe('after a failover a script fails with', { concurrency: true }, () => {
  const script = '(call to f_8f1f2d): @user_script:7:'
  for (const [server, error] of [
    [
      'Redis 7',
      "READONLY You can't write against a read only replica. script: 8f1f2d, on @user_script:7.",
    ],
    [
      'Redis 6.2',
      `ERR Error running script ${script} @user_script: 7: -READONLY You can't write against a read only replica.`,
    ],
    [
      'another server',
      `ERR Error running script ${script} -READONLY You can't write against a read only replica`,
    ],
    [
      'a replica without its primary',
      `ERR Error running script ${script} @user_script: 7: -MASTERDOWN Link with MASTER is down`,
    ],
    [
      'too few replicas',
      `ERR Error running script ${script} @user_script: 7: -NOREPLICAS Not enough good replicas to write.`,
    ],
  ]) {
    test(`the words of ${server}: another connection is opened`, async (t) => {
      const replica = await answering(t, (_, connection) =>
        connection === 1 ? `-${error}\r\n` : ':1\r\n',
      )
      const store = redisStoreFor(t, { url: replica.url })
      assert.equal(await store.compareAndSet('key', null, 1), true)
      assert.equal(replica.connections, 2)
    })
  }

  for (const error of ['LOADING Redis is loading', 'BUSY Redis is busy running a script.']) {
    test(`${error.split(' ')[0]}: it is run again on the same connection`, async (t) => {
      let times = 0
      const busy = await answering(t, () => (++times < 3 ? `-${error}\r\n` : ':1\r\n'))
      const store = redisStoreFor(t, { url: busy.url })
      assert.equal(await store.compareAndSet('key', null, 1), true)
      assert.equal(busy.connections, 1)
    })
  }

  for (const error of [
    'OOM command not allowed when used memory',
    'MISCONF Redis is configured to',
  ]) {
    test(`${error.split(' ')[0]}: that is said at once, and may be over later`, async (t) => {
      const full = await answering(t, () => `-${error}\r\n`)
      const store = redisStoreFor(t, { url: full.url })
      const said = { retryable: true, message: new RegExp(error.split(' ')[0]) }
      const began = performance.now()
      await assert.rejects(store.set('key', 1), failure('ERR_STORE', said))
      assert.ok(performance.now() - began < AT_ONCE)
    })
  }
})

describe('what cannot succeed by waiting is said at once by', { concurrency: true }, () => {
  test('a password that is wrong, missing, or not asked for', async (t) => {
    const [closed, open] = [await redisFor(t, { password: PASSWORD }), await redisFor(t)]
    const url = `redis://127.0.0.1:${closed.port}`
    const wrong = redisStoreFor(t, { url, password: `${PASSWORD}!` })
    const missing = redisStoreFor(t, { url })
    const needless = redisStoreFor(t, { url: open.url, password: PASSWORD })
    const host = `127.0.0.1:${closed.port}`
    const code = 'ERR_INVALID_OPTION'
    await assertRefused(() => wrong.get('key'), host, /WRONGPASS.*user or the password/, code)
    await assertRefused(() => missing.get('key'), host, /NOAUTH.*wants a password/, code)
    const there = `127.0.0.1:${open.port}`
    await assertRefused(() => needless.get('key'), there, /no password.*one is configured/, code)
  })

  test('a database that is not there', async (t) => {
    const redis = await redisFor(t)
    const store = redisStoreFor(t, { url: `${redis.url}/99` })
    const words = /DB index is out of range/
    await assertRefused(() => store.get('key'), `:${redis.port}`, words, 'ERR_INVALID_OPTION')
  })

  test('rights that are missing, and commands that are unknown', async (t) => {
    const redis = await redisFor(t)
    const user = ['ACL', 'SETUSER', 'app', 'on', `>${PASSWORD}`]
    const store = redisStoreFor(t, { url: redis.url, username: 'app', password: PASSWORD })
    const host = `127.0.0.1:${redis.port}`
    const compare = () => store.compareAndSet('secret-key', null, 'secret-value')
    await ask(redis, ...user, '~*', '+@all', '-@scripting')
    await assertRefused(compare, host, /NOPERM.*right to run EVAL/)
    await ask(redis, ...user, '~*', '+@all', '-set')
    await assertRefused(compare, host, /a script lacks a right/)
    await ask(redis, ...user, 'resetkeys', '~other:*', '+@all')
    await assertRefused(() => store.get('secret-key'), host, /NOPERM.*right to use the key/)

    const old = await redisFor(t, { args: ['--rename-command', 'EVAL', ''] })
    const without = redisStoreFor(t, { url: old.url })
    const unknown = () => without.compareAndSet('secret-key', null, 'secret-value')
    await assertRefused(unknown, `:${old.port}`, /does not know the command EVAL/)
    await assert.rejects(unknown, ({ message }) => !message.includes('secret'))
  })

  test('a cluster that is taken for a server, and a server that is taken for a cluster', async (t) => {
    const cluster = await startCluster({ replicas: 0 })
    t.after(() => cluster.stop())
    const [other] = (await cluster.primaries()).filter((it) => it !== cluster.servers[0])
    let key = 0
    while ((await cluster.primaryOf(`key-${key}`)) !== other) key += 1
    const { port, url } = cluster.servers[0]
    const taken = redisStoreFor(t, { url })
    const code = 'ERR_INVALID_OPTION'
    await assertRefused(() => taken.get(`key-${key}`), `:${port}`, /MOVED.*option nodes/, code)
    const redis = await redisFor(t)
    const alone = redisStoreFor(t, { nodes: [redis.url] })
    await assertRefused(() => alone.get('key'), `:${redis.port}`, /no cluster.*option url/, code)
  })

  test('a cluster that announces a name which nobody can resolve', async (t) => {
    const range = `*3\r\n:0\r\n:16383\r\n*2\r\n${bulk('no name')}:6379\r\n`
    const seed = await answering(t, () => `*1\r\n${range}`)
    const store = redisStoreFor(t, { nodes: [seed.url] })
    const words = /announces the node no name:6379/
    await assertRefused(() => store.get('key'), 'no name', words, 'ERR_INVALID_OPTION')
  })

  test('a service that no sentinel knows', async (t) => {
    const sentinel = await answering(t, () => '*-1\r\n')
    const store = redisStoreFor(t, { sentinels: [sentinel.url], service: 'mymaster' })
    const host = `127.0.0.1:${sentinel.port}`
    await assertRefused(() => store.get('key'), host, /no service "mymaster"/, 'ERR_INVALID_OPTION')
  })

  test('certificates that are not trusted, are of another host, or are not shown', async (t) => {
    const certificates = await createCertificates()
    const { ca, otherCa, otherClient } = certificates
    const secure = await redisFor(t, { tls: certificates, clientCertificate: true })
    const elsewhere = await redisFor(t, {
      tls: { ...certificates, server: certificates.elsewhere },
    })
    const shown = { cert: otherClient.certificate.pem, key: otherClient.key.pem }
    for (const [server, tls, words] of [
      [secure, { ca: otherCa.pem }, /could not be trusted.*UnknownIssuer.*tls\.ca/],
      [secure, {}, /could not be trusted.*UnknownIssuer/],
      [elsewhere, { ca: ca.pem }, /could not be trusted.*not valid for name/],
      [secure, { ca: ca.pem }, /did not accept the connection.*CertificateRequired/i],
      [secure, { ca: ca.pem, ...shown }, /did not accept the connection/],
    ]) {
      const store = redisStoreFor(t, { url: server.url, tls })
      await assertRefused(() => store.get('key'), `localhost:${server.port}`, words)
    }
    const redis = await redisFor(t)
    const front = await startRestFront(redis, { tls: certificates })
    t.after(() => front.stop())
    const kv = new KVStore({ url: front.url, token: front.token })
    t.after(() => kv.close())
    await assertRefused(() => kv.get('key'), new URL(front.url).host, /could not be trusted/)
  })

  test('a plan whose requests are used up', async (t) => {
    for (const words of ['max daily request limit exceeded', 'max requests limit exceeded']) {
      const error = `ERR ${words}. Limit: 10000, Usage: 10000.`
      for (const status of [400, 429]) {
        const server = createServer((_, response) => {
          response.writeHead(status).end(JSON.stringify({ error }))
        })
        const { url } = await listenFor(t, server)
        const store = new KVStore({ url, token: PASSWORD })
        await assertRefused(() => store.get('key'), new URL(url).host, new RegExp(words))
      }
      const redis = await answering(t, () => `-${error}\r\n`)
      const store = redisStoreFor(t, { url: redis.url })
      await assertRefused(() => store.get('key'), `:${redis.port}`, new RegExp(words))
    }
  })

  test('a host that is not there, which is named', async (t) => {
    const redis = await redisFor(t)
    await redis.kill()
    for (const store of [
      redisStoreFor(t, { url: redis.url, timeout: 500 }),
      redisStoreFor(t, { nodes: [redis.url], timeout: 500 }),
      redisStoreFor(t, { sentinels: [redis.url], service: 'any', timeout: 500 }),
      new KVStore({ url: redis.url.replace('redis', 'http'), token: PASSWORD, timeout: 500 }),
    ]) {
      const message = new RegExp(`at 127\\.0\\.0\\.1:${redis.port} could not be reached.*refused`)
      await assert.rejects(store.get('key'), failure('ERR_STORE', { retryable: true, message }))
    }
  })
})
