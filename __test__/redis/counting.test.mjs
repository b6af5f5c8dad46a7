import assert from 'node:assert/strict'
import { connect as connectTcp } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeCommand } from '../../testing/redis/resp.mjs'
import {
  commandCounts,
  connect,
  startCluster,
  startCountingProxy,
  startRedis,
} from '../../testing/redis/servers.mjs'
import { until } from '../../testing/waiting.mjs'

let redis
let proxy

before(async () => {
  redis = await startRedis({ password: 'secret' })
  proxy = await startCountingProxy(redis)
})
after(async () => {
  await proxy.stop()
  await redis.stop()
})

async function connected(t) {
  const connection = await connect(proxy)
  t.after(() => connection.close())
  proxy.reset()
  return connection
}

test('connecting is a round trip of its own kind', async (t) => {
  proxy.reset()
  const connection = await connect(proxy)
  t.after(() => connection.close())
  const counts = proxy.counts()
  assert.deepEqual(counts.trips, [['auth', 'ping']])
  assert.equal(counts.roundTrips, 0)
  assert.equal(counts.setupRoundTrips, 1)
  assert.equal(counts.connections, 1)
})

test('each command sent after the answer to the last is a round trip', async (t) => {
  const connection = await connected(t)
  for (const value of ['a', 'b', 'c']) await connection.command('SET', 'key', value)
  const { roundTrips, waits, bytesSent, bytesReceived } = proxy.counts()
  assert.deepEqual({ roundTrips, waits }, { roundTrips: 3, waits: 3 })
  assert.equal(bytesSent, 3 * encodeCommand(['SET', 'key', 'a']).length)
  assert.equal(bytesReceived, 3 * '+OK\r\n'.length)
})

test('commands sent at once are one round trip, in one write or in many', async (t) => {
  const connection = await connected(t)
  await connection.send([
    ['SET', 'key', '1'],
    ['INCR', 'key'],
    ['EVAL', 'return {1, {2}}', '0'],
  ])
  assert.deepEqual(proxy.counts().trips, [['set', 'incr', 'eval']])

  proxy.reset()
  await Promise.all(Array.from({ length: 50 }, () => connection.command('INCR', 'key')))
  assert.equal(proxy.counts().roundTrips, 1)
  assert.equal(proxy.counts().trips[0].length, 50)

  proxy.reset()
  const large = 'x'.repeat(300_000)
  await connection.send(Array.from({ length: 20 }, () => ['SET', 'key', large]))
  await connection.command('GET', 'key')
  assert.equal(proxy.counts().roundTrips, 2)
  assert.ok(proxy.counts().bytesReceived > large.length)
})

test('a request in pieces, the answer to the one before already there, is one round trip', async (t) => {
  proxy.reset()
  const { port } = new URL(proxy.url)
  const socket = connectTcp(Number(port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.setNoDelay(true)
  const [first, second] = [encodeCommand(['AUTH', 'secret']), encodeCommand(['GET', 'none'])]
  const received = (bytes) => () => proxy.counts().bytesReceived === bytes.length
  socket.write(Buffer.concat([first, second.subarray(0, 5)]))
  await until('the first answer', received('+OK\r\n'))
  assert.deepEqual(proxy.counts().trips, [['auth']])
  socket.write(second.subarray(5))
  await until('the second answer', received('+OK\r\n$-1\r\n'))
  assert.deepEqual(proxy.counts().trips, [['auth', 'get']])
})

test('what RESP3 pushes answers nothing', async (t) => {
  const connection = await connected(t)
  await connection.command('HELLO', '3')
  await connection.command('CLIENT', 'TRACKING', 'ON', 'BCAST')
  proxy.reset()
  await redis.cli('SET', 'key', 'pushed to who tracks it')
  await until('the push', () => proxy.counts().bytesReceived > 0)
  await connection.command('GET', 'a')
  await connection.command('GET', 'b')
  assert.deepEqual(proxy.counts().trips, [['get'], ['get']])
})

test('round trips side by side are one wait', async (t) => {
  const [one, two] = [await connected(t), await connected(t)]
  await Promise.all([one.command('GET', 'a'), two.command('GET', 'b')])
  const { roundTrips, waits } = proxy.counts()
  assert.deepEqual({ roundTrips, waits }, { roundTrips: 2, waits: 1 })
})

test('a paused proxy forwards nothing, and all of it when resumed', async (t) => {
  const connection = await connected(t)
  proxy.pause()
  const answer = connection.command('ECHO', 'late')
  assert.equal(await Promise.race([answer, sleep(60, 'nothing')]), 'nothing')
  const late = connect(proxy)
  proxy.resume()
  assert.equal(await answer, 'late')
  const newcomer = await late
  t.after(() => newcomer.close())
})

test('cut drops connections, and new ones work', async (t) => {
  const connection = await connected(t)
  proxy.pause()
  const answer = connection.command('ECHO', 'lost')
  proxy.cut()
  proxy.resume()
  await assert.rejects(answer, /closed|ECONNRESET/)
  assert.equal(await (await connected(t)).command('ECHO', 'found'), 'found')
})

test('commands are counted by name, apart from those that set up connections', async (t) => {
  const connection = await connected(t)
  const counting = await commandCounts(redis)
  await connection.command('SET', 'key', 'value')
  await connection.command('GET', 'key')
  await connection.command('GET', 'key')
  await connection.command('EVAL', "return redis.call('STRLEN', KEYS[1])", 1, 'key')
  await (await connected(t)).command('CLIENT', 'SETNAME', 'test')
  const { commands, setup } = await counting.read()
  assert.deepEqual(commands, { set: 1, get: 2, eval: 1, strlen: 1 })
  assert.equal(setup.client, 1)
  assert.ok(setup.auth >= 1)
  await counting.reset()
  assert.deepEqual((await counting.read()).commands, {})
})

test('commands of a cluster are those of its primaries', async (t) => {
  const cluster = await startCluster()
  t.after(() => cluster.stop())
  const counting = await commandCounts(cluster)
  // Each key redirects from the first node or does not: a refused command is counted nowhere.
  for (const key of ['a', 'b', 'c', 'd']) await cluster.cli('SET', key, 'value')
  assert.deepEqual((await counting.read()).commands, { set: 4 })
})
