import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { createCertificates } from '../../testing/certificates.mjs'
import { replicated } from '../../testing/redis/replication.mjs'
import {
  ask,
  connect,
  RedisError,
  redisFor,
  startCluster,
  startRedis,
  startSentinels,
} from '../../testing/redis/servers.mjs'
import { until } from '../../testing/waiting.mjs'

const SERVERS = new URL('../../testing/redis/servers.mjs', import.meta.url).href

/** Also false for a process that ended and whose parent has not asked how. */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/stat`
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'))
}

test('a Redis answers redis-cli and connections of our own, and is gone when stopped', async (t) => {
  const redis = await redisFor(t, { args: ['--maxmemory', '32mb'] })

  assert.equal(await redis.cli('SET', 'key', 'välue'), 'OK')
  assert.equal(await ask(redis, 'GET', 'key'), 'välue')
  assert.equal((await redis.info('server')).process_id, String(redis.pid))
  assert.equal((await redis.info('memory')).maxmemory_human, '32.00M')
  await assert.rejects(redis.cli('GET'), /wrong number of arguments/)
  await assert.rejects(ask(redis, 'LPUSH', 'key', 'a'), (error) => {
    return error instanceof RedisError && error.message.startsWith('WRONGTYPE')
  })

  await redis.stop()
  assert.equal(isAlive(redis.pid), false)
  await assert.rejects(connect(redis), /ECONNREFUSED/)
})

test('a killed Redis comes back on its port, with its data only where it is kept', async (t) => {
  const [forgetful, careful] = await Promise.all([startRedis(), startRedis({ appendOnly: true })])
  t.after(() => Promise.all([forgetful.stop(), careful.stop()]))

  for (const redis of [forgetful, careful]) {
    await ask(redis, 'SET', 'key', 'value')
    await redis.kill()
    assert.equal(redis.running, false)
    await redis.restart()
  }
  assert.equal(await ask(forgetful, 'GET', 'key'), null)
  assert.equal(await ask(careful, 'GET', 'key'), 'value')
})

test('a Redis with a password refuses who does not know it', async (t) => {
  const redis = await redisFor(t, { password: 'p@ss: w"ord' })

  assert.equal(await redis.cli('PING'), 'PONG')
  assert.equal(await ask(redis, 'PING'), 'PONG')
  const stranger = { url: `redis://127.0.0.1:${redis.port}` }
  await assert.rejects(ask(stranger, 'PING'), /NOAUTH/)
})

test('a Redis on a Unix socket listens nowhere else', async (t) => {
  const redis = await redisFor(t, { unixSocket: true })

  assert.equal(await redis.cli('SET', 'key', 'value'), 'OK')
  assert.equal(await ask(redis, 'GET', 'key'), 'value')
  assert.equal(await redis.cli('CONFIG', 'GET', 'port'), 'port\n0')
})

test('a Redis that cannot start says why', async () => {
  await assert.rejects(startRedis({ args: ['--no-such-setting', 'yes'] }), /no-such-setting/)
})

test('TLS shows a certificate of the CA, and asks for one of the client where told to', async (t) => {
  const tls = await createCertificates()
  const redis = await startRedis({ tls, clientCertificate: true, password: 'secret' })
  const elsewhere = await startRedis({ tls: { ...tls, server: tls.elsewhere } })
  t.after(() => Promise.all([redis.stop(), elsewhere.stop()]))

  assert.match(redis.url, /^rediss:\/\/:secret@localhost:/)
  assert.equal(await redis.cli('SET', 'key', 'value'), 'OK')
  assert.equal(await ask(redis, 'GET', 'key'), 'value')

  await assert.rejects(ask({ ...redis, tls: { ...tls, client: tls.otherClient } }, 'PING'))
  await assert.rejects(ask({ ...redis, tls: { ...tls, ca: tls.otherCa } }, 'PING'), /certificate/)
  await assert.rejects(ask(elsewhere, 'PING'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  const bare = connectTls({ host: 'localhost', port: redis.port, ca: tls.ca.pem })
  bare.write('PING\r\n')
  await assert.rejects(once(bare, 'data'), /certificate required/)
})

test('a cluster redirects, finds every key, and fails over', async (t) => {
  const cluster = await startCluster()
  t.after(() => cluster.stop())
  const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`).sort()

  assert.equal(cluster.nodes.length, 6)
  assert.equal((await cluster.primaries()).length, 3)
  for (const key of keys) assert.equal(await cluster.cli('SET', key, 'value'), 'OK')
  assert.deepEqual(await cluster.keys(), keys)
  assert.equal(await cluster.dbsize(), keys.length)

  const owner = await cluster.primaryOf('key-0')
  const other = (await cluster.primaries()).find((server) => server !== owner)
  await assert.rejects(ask(other, 'GET', 'key-0'), new RegExp(`^RedisError: MOVED .*${owner.port}`))

  // The replicas have what was written, or the failover loses it.
  await replicated(owner, 1)
  const began = performance.now()
  const { server, failedOver } = await cluster.killPrimaryOf('key-0')
  assert.equal(server, owner)
  const next = await failedOver()
  t.diagnostic(`failover of a cluster: ${Math.round(performance.now() - began)} ms`)
  assert.notEqual(next, owner)
  assert.equal(await ask(next, 'GET', 'key-0'), 'value')
  assert.equal(await cluster.cli('SET', 'key-0', 'again'), 'OK')

  await owner.restart()
  await until(
    'the killed primary as a replica',
    async () => (await ask(owner, 'ROLE'))[0] === 'slave',
  )
})

test('sentinels move the primary when told to, and when it is killed', async (t) => {
  const sentinels = await startSentinels()
  t.after(() => sentinels.stop())
  const first = await sentinels.primary()

  assert.equal(sentinels.sentinels.length, 3)
  assert.match(
    await sentinels.cli('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', sentinels.service),
    new RegExp(`${first.port}$`),
  )
  assert.equal(await first.cli('SET', 'key', 'value'), 'OK')
  await replicated(first, 2)

  const second = await sentinels.failover()
  assert.notEqual(second, first)
  assert.equal(await ask(second, 'GET', 'key'), 'value')
  assert.equal(await ask(second, 'SET', 'key', 'again'), 'OK')
  await replicated(second, 2)

  const began = performance.now()
  const { server, failedOver } = await sentinels.killPrimary()
  assert.equal(server, second)
  const third = await failedOver()
  t.diagnostic(`failover by sentinels: ${Math.round(performance.now() - began)} ms`)
  assert.equal(await ask(third, 'GET', 'key'), 'again')

  await second.restart()
  await until(
    'the killed primary as a replica',
    async () => (await ask(second, 'ROLE'))[0] === 'slave',
  )
})

test('nothing outlives a test process, however it ends', async () => {
  const program = `
    import { startRedis, startSentinels } from '${SERVERS}'
    const redis = await startRedis()
    const { servers } = await startSentinels({ replicas: 1 })
    console.log([redis, ...servers].map(({ pid }) => pid).join(' '))
    if (process.env.ENDS) process.exit(1)
    setInterval(() => {}, 1_000)
  `
  for (const ends of ['', 'by itself']) {
    const env = { ...process.env, ENDS: ends }
    const args = ['--input-type=module', '--eval', program]
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const pids = String((await once(child.stdout, 'data'))[0])
      .trim()
      .split(' ')
      .map(Number)
    assert.equal(pids.length, 3)
    if (!ends) assert.ok(pids.every(isAlive))
    child.kill('SIGKILL')
    await until('the end of its servers', () => !pids.some(isAlive))
  }
})
