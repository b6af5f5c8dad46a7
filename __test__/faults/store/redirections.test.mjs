import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ask, startCluster } from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { until } from '../../../testing/waiting.mjs'

const KEY = 'key'

/** A cluster, a connected store, and what it takes to move the key from its node to another one. */
async function start(t) {
  const cluster = await startCluster({ replicas: 0 })
  t.after(() => cluster.stop())
  const store = redisStoreFor(t, { nodes: cluster.nodes })
  await store.set(KEY, 1)
  const from = await cluster.primaryOf(KEY)
  const to = cluster.servers.find((server) => server !== from)
  const slot = await ask(from, 'CLUSTER', 'KEYSLOT', KEY)
  const [fromId, toId] = [await ask(from, 'CLUSTER', 'MYID'), await ask(to, 'CLUSTER', 'MYID')]
  const begin = async () => {
    await ask(to, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId)
    await ask(from, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId)
    await ask(from, 'MIGRATE', '127.0.0.1', to.port, KEY, 0, 1_000)
  }
  const end = async () => {
    for (const server of [to, from]) await ask(server, 'CLUSTER', 'SETSLOT', slot, 'NODE', toId)
    await until('nodes that know it', async () => (await cluster.primaryOf(KEY)) === to)
  }
  return { cluster, store, from, to, begin, end }
}

/** How often a server was asked who has which keys. */
async function asked(server) {
  const { 'cmdstat_cluster|slots': stats = 'calls=0' } = await server.info('commandstats')
  return Number(/calls=(\d+)/.exec(stats)[1])
}

describe('a cluster redirects a call', { concurrency: true }, () => {
  test('while the key is moved, and both nodes have a part', async (t) => {
    const { store, from, begin } = await start(t)
    await begin()
    await assert.rejects(ask(from, 'GET', KEY), /^RedisError: ASK/)
    const calls = Array.from({ length: 20 }, () => store.get(KEY))
    assert.deepEqual(await Promise.all(calls), Array(20).fill(1))
    assert.equal(await store.compareAndSet(KEY, 1, 2), true)
    assert.equal(await store.compareAndSet(KEY, 1, 3), false)
    assert.equal(await store.get(KEY), 2)
  })

  test('after the key was moved, once', async (t) => {
    const { cluster, store, from, begin, end } = await start(t)
    await begin()
    await end()
    await assert.rejects(ask(from, 'GET', KEY), /^RedisError: MOVED/)
    const before = await Promise.all(cluster.servers.map(asked))
    const calls = Array.from({ length: 20 }, () => store.compareAndSet(KEY, 1, 1))
    assert.deepEqual(await Promise.all(calls), Array(20).fill(true))
    assert.equal(await store.compareAndSet(KEY, 1, 2), true)
    assert.equal(await store.get(KEY), 2)
    const after = await Promise.all(cluster.servers.map(asked))
    // By its connection, and as one of the seeds. The tests ask as well.
    for (const [index, count] of after.entries()) assert.ok(count - before[index] <= 3)
  })
})

test('a cluster whose connections were all cut is connected to again', async (t) => {
  const { cluster, store } = await start(t)
  for (const server of cluster.servers) await ask(server, 'CLIENT', 'KILL', 'TYPE', 'normal')
  assert.equal(await store.get(KEY), 1)
})
