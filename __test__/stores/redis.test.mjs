import { after, test } from 'node:test'
import { KVStore, RedisStore } from '../../index.js'
import {
  redisFor,
  startCluster,
  startRedis,
  startRestFront,
  startSentinels,
} from '../../testing/redis/servers.mjs'
import { checkKilled, checkServerKilled } from './killed.mjs'
import { checkRedemptions } from './redemptions.mjs'

const [redis, cluster, sentinels] = await Promise.all([
  startRedis(),
  startCluster(),
  startSentinels(),
])
const front = await startRestFront(redis)
after(async () => {
  await front.stop()
  await Promise.all([redis.stop(), cluster.stop(), sentinels.stop()])
})

const PLACES = {
  'one server': [RedisStore, { url: redis.url }],
  'a cluster': [RedisStore, { nodes: cluster.nodes }],
  sentinels: [RedisStore, { sentinels: sentinels.sentinels, service: sentinels.service }],
  REST: [KVStore, { url: front.url, token: front.token }],
}

for (const [where, [StoreClass, options]] of Object.entries(PLACES)) {
  const storeFor = (t) => {
    const store = new StoreClass(options)
    t.after(() => store.close())
    return store
  }

  test(`a code presented a hundred times at once through two processes has one winner (${where})`, async (t) => {
    await checkRedemptions(t, StoreClass.name, options, storeFor(t))
  })

  test(`a process that is killed in the midst of writes loses nothing that was answered (${where})`, async (t) => {
    await checkKilled(t, StoreClass.name, options, storeFor(t))
  })
}

test('a Redis with appendfsync always that is killed in the midst of writes loses nothing that was answered', async (t) => {
  const durable = await redisFor(t, { appendOnly: true, args: ['--appendfsync', 'always'] })
  const store = new RedisStore({ url: durable.url })
  t.after(() => store.close())
  await checkServerKilled(t, durable, store)
})
