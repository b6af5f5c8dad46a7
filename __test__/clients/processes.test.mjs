import { after, test } from 'node:test'
import {
  startCluster,
  startRedis,
  startRestFront,
  startSentinels,
} from '../../testing/redis/servers.mjs'
import { NATIVE, REST, title, WITH_POOLS, WITH_SENTINELS } from './libraries.mjs'
import { assertRedeemedOnce } from './redeemers.mjs'

const redis = await startRedis()
const front = await startRestFront(redis)
const cluster = await startCluster({ primaries: 3, replicas: 1 })
const sentinels = await startSentinels({ sentinels: 1, replicas: 1 })
after(async () => {
  await front.stop()
  await Promise.all([redis, cluster, sentinels].map((it) => it.stop()))
})

const { nodes } = cluster
const watched = { sentinels: sentinels.sentinels, service: sentinels.service }

/** Reading from replicas, which may be late, as each client is told to. */
const FROM_REPLICAS = {
  ioredis: { scaleReads: 'slave' },
  'redis-4': { useReplicas: true },
  'redis-5': { useReplicas: true },
  redis: { useReplicas: true },
}

const SUBJECTS = [
  ...NATIVE.map((library) => ['one server', library, { url: redis.url }]),
  ...WITH_POOLS.map((library) => ['a pool', library, { url: redis.url, pool: true }]),
  ...NATIVE.map((library) => ['a cluster', library, { nodes }]),
  ...NATIVE.map((library) => [
    'a cluster whose replicas are read',
    library,
    { nodes, options: FROM_REPLICAS[library] },
  ]),
  ...WITH_SENTINELS.map((library) => ['sentinels', library, watched]),
  ...REST.map((library) => ['REST', library, { url: front.url, token: front.token }]),
]

for (const [what, library, place] of SUBJECTS) {
  test(`of 100 redemptions through ${title(library)} and ${what}, in two processes, one succeeds`, (t) =>
    assertRedeemedOnce(t, library, place))
}
