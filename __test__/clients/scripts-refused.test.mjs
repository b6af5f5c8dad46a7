import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import clients from '../../lib/stores/clients/index.js'
import {
  ask,
  commandCounts,
  redisFor,
  startCluster,
  startRedis,
  startRestFront,
  startSentinels,
} from '../../testing/redis/servers.mjs'
import { eventually } from '../../testing/waiting.mjs'
import { clientFor, NATIVE, title, WITH_POOLS, WITH_SENTINELS } from './libraries.mjs'
import { assertRedeemedOnce } from './redeemers.mjs'

const login = { username: 'app', password: 'sesame' }

/** Makes a user who may do everything but run scripts. */
async function refuseScripts(servers) {
  const rights = ['on', '>sesame', '~*', '&*', '+@all', '-eval', '-evalsha', '-@scripting']
  await Promise.all(servers.map((server) => ask(server, 'ACL', 'SETUSER', 'app', ...rights)))
}

const redis = await startRedis()
const cluster = await startCluster({ primaries: 3, replicas: 0 })
const sentinels = await startSentinels({ sentinels: 1, replicas: 1 })
await refuseScripts([redis, ...cluster.servers, ...sentinels.servers])
after(() => Promise.all([redis, cluster, sentinels].map((it) => it.stop())))

const one = { url: redis.url, ...login }
const nodes = { nodes: cluster.nodes, ...login }
const watched = { sentinels: sentinels.sentinels, service: sentinels.service, ...login }

const SUBJECTS = [
  ...NATIVE.map((library) => ['one server', library, one]),
  ...WITH_POOLS.map((library) => ['a pool', library, { ...one, pool: true }]),
  ...NATIVE.map((library) => ['a cluster', library, nodes]),
  ...WITH_SENTINELS.map((library) => ['sentinels', library, watched]),
  ['one server', 'ioredis', { ...one, options: { keyPrefix: 'own:' } }],
  ['one server', 'redis', { ...one, options: { keyPrefix: 'own:' } }],
  ['a pool', 'redis', { ...one, pool: true, options: { keyPrefix: 'own:' } }],
  ['sentinels', 'redis', { ...watched, options: { keyPrefix: 'own:' } }],
  ['a pool', 'redis', { ...one, pool: true, options: { RESP: 3, clientSideCache: {} } }],
  ['one server', 'redis', { ...one, options: { RESP: 3, clientSideCache: {} } }],
  ['a cluster', 'ioredis', { ...nodes, options: { keyPrefix: 'own:' } }],
  ['a cluster', 'redis', { ...nodes, options: { keyPrefix: 'own:' } }],
]

for (const [what, library, place] of SUBJECTS) {
  const name = `${title(library)} and ${what} that runs no scripts${place.options ? `, with ${Object.keys(place.options).at(-1)},` : ''}`
  test(`of 100 redemptions through ${name} in two processes, one succeeds`, (t) =>
    assertRedeemedOnce(t, library, place))
}

const SINGLE = SUBJECTS.filter(([what, , { options }]) => what === 'one server' && !options)

for (const [, library, place] of SINGLE) {
  test(`transactions of the application on its ${title(library)} leave compare-and-set alone`, async (t) => {
    // Two applications: what one's EXEC lets through unguarded is what the other wrote meanwhile.
    const applications = [await clientFor(t, library, place), await clientFor(t, library, place)]
    let working = true
    const transactions = applications.map(async (client) => {
      while (working) await client.multi().incr(`application:${library}`).exec()
    })
    const key = `counter:${library}`
    const stores = applications.map((client) => clients.storeOver(client))
    await Promise.all(Array.from({ length: 40 }, (_, n) => increment(stores[n % 2], key)))
    working = false
    await Promise.all(transactions)
    assert.equal(JSON.parse(await stores[0].get(key)).count, 40)
  })

  test(`${title(library)} has no connection more when nobody waits`, async (t) => {
    const client = await clientFor(t, library, place)
    const store = clients.storeOver(client)
    await store.get('a')
    const before = await redis.clients()
    await store.compareAndSet(`closed:${library}`, null, { a: 1 }, { px: 10_000 })
    await eventually(async () => assert.ok((await redis.clients()) <= before))
    assert.equal(await store.compareAndSet(`closed:${library}`, { a: 1 }, null), true)
  })

  test(`${title(library)} asks for a script once`, async (t) => {
    const store = clients.storeOver(await clientFor(t, library, place))
    await store.compareAndSet(`once:${library}`, null, { a: 1 })
    const counts = await commandCounts(redis)
    await store.compareAndSet(`once:${library}`, { a: 1 }, { a: 2 })
    const { commands } = await counts.read()
    assert.equal(commands.eval, undefined)
    assert.equal(commands.exec, 1)
  })

  test(`${title(library)} goes on after its own connection was cut`, async (t) => {
    const store = clients.storeOver(await clientFor(t, library, place))
    const key = `cut:${library}`
    let cutting = true
    const cuts = (async () => {
      // The application's connection is cut, too: it reconnects.
      while (cutting) await ask(redis, 'CLIENT', 'KILL', 'USER', 'app')
    })()
    const ends = await Promise.allSettled(
      Array.from({ length: 30 }, () => store.compareAndSet(key, null, { a: 1 })),
    )
    cutting = false
    await cuts
    for (const { value } of ends) assert.ok([true, undefined].includes(value))
    await eventually(async () => {
      assert.equal(await store.compareAndSet(key, null, { a: 1 }), true)
    })
  })
}

async function increment(store, key) {
  for (;;) {
    const before = JSON.parse(await store.get(key))
    // A value that is there already counts as written, so each writes one that nobody else does.
    const next = { count: (before?.count ?? 0) + 1, by: randomUUID() }
    if (await store.compareAndSet(key, before, next)) return
  }
}

test('a server on which EVAL was renamed away is one that runs no scripts', async (t) => {
  const renamed = await redisFor(t, { args: ['--rename-command', 'EVAL', ''] })
  for (const library of NATIVE) {
    const store = clients.storeOver(await clientFor(t, library, { url: renamed.url }))
    assert.equal(await store.compareAndSet(library, null, { a: 1 }), true)
    assert.equal(await store.compareAndSet(library, null, { a: 2 }), false)
  }
})

test('over REST, where there is no WATCH, what the server refuses is said', async (t) => {
  const renamed = await redisFor(t, { args: ['--rename-command', 'EVAL', ''] })
  const front = await startRestFront(renamed)
  t.after(front.stop)
  const { url, token } = front
  const store = clients.storeOver(await clientFor(t, '@upstash/redis', { url, token }))
  await assert.rejects(store.compareAndSet('a', null, { a: 1 }), /unknown command/)
})
