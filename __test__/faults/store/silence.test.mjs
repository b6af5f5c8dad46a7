import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { KVStore } from '../../../index.js'
import { settle } from '../../../testing/outcomes.mjs'
import { replicated } from '../../../testing/redis/replication.mjs'
import {
  ask,
  redisFor,
  startCluster,
  startRestFront,
  startSentinels,
} from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { until } from '../../../testing/waiting.mjs'
import { answering, frozen, networkFor, sentinelFor, silentPort } from './networks.mjs'

/** What a call may take that has to wait for nothing but a new connection, in milliseconds. */
const AT_ONCE = 1_000

/** What a call may take whose connection turns out to be dead, in milliseconds. */
const SECOND_ATTEMPT = 2_000 + AT_ONCE

/** What a call may take whose idle connection turns out to be dead, in milliseconds. */
const PROBED = 1_000 + AT_ONCE

/** A connection that was idle for longer is asked for a sign of life, in milliseconds. */
const IDLE = 10_000

/** How soon after there is a primary again all is well, in milliseconds. */
const RECOVERY = 5_000

/** What comes of a call, in time. */
async function within(limit, call) {
  const began = performance.now()
  const outcome = await call()
  const took = performance.now() - began
  assert.ok(took < limit, `took ${Math.round(took)} ms`)
  return outcome
}

/** Calls until it succeeds, `RECOVERY` after it could for the first time. */
async function recovers(call) {
  const began = performance.now()
  while ((await settle(call())) !== 'resolved') {
    assert.ok(performance.now() - began < RECOVERY, 'it did not recover')
    await sleep(50)
  }
  assert.ok(performance.now() - began < RECOVERY, 'it recovered late')
}

describe('a cluster', { concurrency: true }, () => {
  /** A cluster, a key of each primary, and a way to stop one of them. */
  async function start(t) {
    // Otherwise the cluster itself refuses all keys while one primary is missing.
    const cluster = await startCluster({ args: ['--cluster-require-full-coverage', 'no'] })
    const { freeze, thaw } = frozen(t, cluster.stop)
    const keys = new Map()
    for (let n = 0; keys.size < 3; n += 1) keys.set(await cluster.primaryOf(`key-${n}`), `key-${n}`)
    const [hung, ...others] = keys.keys()
    const promoted = () =>
      until('another primary', async () => {
        const named = await Promise.all(
          cluster.servers
            .filter((server) => server !== hung)
            .map(async (server) => JSON.stringify(await ask(server, 'CLUSTER', 'SLOTS'))),
        )
        return named.every((slots) => !slots.includes(`,${hung.port},`))
      })
    return { cluster, keys, hung, others, freeze, thaw, promoted }
  }

  test('of which a node hangs: only its keys wait, until another has them', async (t) => {
    const { cluster, keys, hung, others, freeze, promoted } = await start(t)
    const store = redisStoreFor(t, { nodes: cluster.nodes })
    for (const key of keys.values()) await store.set(key, 1)
    const clients = (server) => server.cli('CLIENT', 'LIST').then((list) => list.split('\n'))
    /** The store's connection to each of the others, as the server numbers it. */
    const connections = await Promise.all(
      others.map(async (server) => {
        const mine = (await clients(server)).find((client) => client.includes('cmd=set'))
        return mine.split(' ')[0]
      }),
    )

    freeze(hung)
    const waiting = settle(store.get(keys.get(hung)))
    let over = false
    const using = (async () => {
      while (!over) {
        for (const server of others) {
          assert.equal(await within(AT_ONCE, () => store.get(keys.get(server))), 1)
        }
        await sleep(50)
      }
    })()
    await Promise.all([using, promoted().finally(() => (over = true))])
    await recovers(() => store.get(keys.get(hung)))
    await waiting
    await within(AT_ONCE, () => store.set(keys.get(hung), 2))
    for (const [index, server] of others.entries()) {
      const kept = (await clients(server)).some((it) => it.startsWith(`${connections[index]} `))
      assert.ok(kept, 'the connection to another node was given up')
    }
  })

  test('of which the first of the nodes hangs that a new store is told', async (t) => {
    const { keys, hung, others, freeze, promoted } = await start(t)
    freeze(hung)
    const nodes = [hung.url, others[0].url]
    const store = redisStoreFor(t, { nodes })
    await within(AT_ONCE, () => store.set(keys.get(others[0]), 1))
    await within(AT_ONCE, () => store.set(keys.get(others[1]), 1))
    await promoted()
    await recovers(() => store.set(keys.get(hung), 1))
    const another = redisStoreFor(t, { nodes })
    await within(AT_ONCE, () => another.get(keys.get(hung)))
  })

  test('of which a silent address is among the nodes', async (t) => {
    const { cluster, keys } = await start(t)
    const silent = `redis://127.0.0.1:${await silentPort(t)}`
    const store = redisStoreFor(t, { nodes: [silent, cluster.nodes[0]] })
    for (const key of keys.values()) await within(AT_ONCE, () => store.set(key, 1))
  })
})

describe('sentinels', { concurrency: true }, () => {
  async function start(t, options) {
    const watched = await startSentinels(options)
    const primary = await watched.primary()
    const failedOver = () =>
      until('another primary', async () => {
        const now = await watched.primary()
        return now !== primary && (await ask(now, 'ROLE'))[0] === 'master' && now
      })
    return { ...watched, primary, failedOver, ...frozen(t, watched.stop) }
  }

  test('of which two are silent', async (t) => {
    const { sentinels, service } = await start(t, { replicas: 1 })
    const silent = [`redis://127.0.0.1:${await silentPort(t)}`]
    const store = redisStoreFor(t, { sentinels: [...silent, ...silent, sentinels[0]], service })
    await within(AT_ONCE + 1_000, () => store.set('key', 1))
  })

  test('whose primary hangs: all is well soon after there is another', async (t) => {
    const { sentinels, service, primary, failedOver, freeze } = await start(t)
    const store = redisStoreFor(t, { sentinels, service })
    await store.set('key', 1)
    freeze(primary)
    const waiting = settle(store.set('key', 2))
    await failedOver()
    await recovers(() => store.get('key'))
    await waiting
    await within(AT_ONCE, () => store.set('key', 3))
    assert.equal(await within(AT_ONCE, () => store.get('key')), 3)
  })

  for (const [what, before] of [
    ['a write comes first', async () => {}],
    ['a read goes before the write', (store) => store.get('code')],
  ]) {
    test(`whose old primary wakes up: a used code stays used, where ${what}`, async (t) => {
      const { sentinels, service, primary, failedOver, freeze, thaw } = await start(t)
      const asleep = redisStoreFor(t, { sentinels, service })
      await asleep.set('code', 'unused')
      await replicated(primary, 2)
      freeze(primary)
      await failedOver()
      const awake = redisStoreFor(t, { sentinels, service })
      assert.equal(await awake.compareAndSet('code', 'unused', 'used'), true)
      thaw(primary)
      const [role, value] = [await ask(primary, 'ROLE'), await ask(primary, 'GET', 'code')]
      assert.deepEqual([role[0], value], ['master', '"unused"'], 'this shows nothing')
      await before(asleep)
      assert.equal(await asleep.compareAndSet('code', 'unused', 'used twice'), false)
      assert.equal(await awake.get('code'), 'used')
    })
  }

  test('are asked again when the primary has too few replicas', async (t) => {
    const [alone, next] = [await redisFor(t), await redisFor(t)]
    let named = alone.port
    const sentinel = await sentinelFor(t, () => named)
    const store = redisStoreFor(t, { sentinels: [sentinel.url], service: 'any' })
    await store.set('key', 1)
    await alone.cli('CONFIG', 'SET', 'min-replicas-to-write', '1')
    named = next.port
    await within(AT_ONCE, () => store.set('key', 2))
    assert.equal(await within(AT_ONCE, () => store.compareAndSet('key', 2, 3)), true)
    assert.equal(await ask(next, 'GET', 'key'), '3')
  })

  test('are not asked by a connection that is in use', async (t) => {
    const redis = await redisFor(t)
    const sentinel = await sentinelFor(t, () => redis.port)
    const store = redisStoreFor(t, { sentinels: [sentinel.url], service: 'any' })
    for (let n = 0; n < 20; n += 1) {
      await store.set('key', n)
      await sleep(100)
    }
    assert.equal(sentinel.connections, 1)
    assert.equal((await redis.info('commandstats')).cmdstat_role.split(',')[0], 'calls=1')
    await sleep(1_100)
    await Promise.all(Array.from({ length: 10 }, () => store.compareAndSet('key', 19, 20)))
    assert.equal(sentinel.connections, 2)
  })
})

describe('a connection that the network forgot', { concurrency: true }, () => {
  for (const [when, idle, limit] of [
    ['while it was in use', 0, SECOND_ATTEMPT],
    ['while it was idle', IDLE + 500, PROBED],
  ]) {
    test(`${when}, to a server`, async (t) => {
      const redis = await redisFor(t)
      const network = await networkFor(t, redis.port)
      const store = redisStoreFor(t, { url: `redis://127.0.0.1:${network.port}` })
      await store.set('key', 1)
      await sleep(idle)
      network.forget()
      const calls = [store.get('key'), store.get('key'), store.compareAndSet('key', 1, 2)]
      assert.deepEqual((await within(limit, () => Promise.all(calls))).slice(2), [true])
      assert.equal(network.connections, 2)
      assert.equal(await within(AT_ONCE, () => store.get('key')), 2)
    })

    test(`${when}, to a server that sentinels watch`, async (t) => {
      const redis = await redisFor(t)
      const network = await networkFor(t, redis.port)
      const sentinel = await sentinelFor(t, () => network.port)
      const store = redisStoreFor(t, { sentinels: [sentinel.url], service: 'any' })
      await store.set('key', 1)
      await sleep(idle)
      network.forget()
      assert.equal(await within(limit, () => store.compareAndSet('key', 1, 2)), true)
    })

    test(`${when}, to a node of a cluster`, async (t) => {
      const redis = await redisFor(t)
      const network = await networkFor(t, redis.port)
      const slots = `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:${network.port}\r\n`
      const seed = await answering(t, () => slots)
      const store = redisStoreFor(t, { nodes: [seed.url] })
      await store.set('key', 1)
      await sleep(idle)
      network.forget()
      assert.equal(await within(limit, () => store.compareAndSet('key', 1, 2)), true)
    })
  }

  test('to a database over HTTP', async (t) => {
    const redis = await redisFor(t)
    const front = await startRestFront(redis)
    t.after(() => front.stop())
    const network = await networkFor(t, Number(new URL(front.url).port))
    const url = `http://127.0.0.1:${network.port}`
    const store = new KVStore({ url, token: front.token })
    t.after(() => store.close())
    await store.set('key', 1)
    network.forget()
    assert.equal(await within(SECOND_ATTEMPT, () => store.compareAndSet('key', 1, 2)), true)
  })
})
