import { RedisStore } from '../../index.js'
import { startCluster } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { redisDeployment } from './redis-deployment.mjs'

const cluster = await startCluster({ primaries: 3, replicas: 1 })

conformance(
  redisDeployment({
    name: 'a Redis Cluster of three primaries and their replicas',
    createStore: () => new RedisStore({ nodes: cluster.nodes.slice(0, 2) }),
    primaries: cluster.primaries,
    stop: cluster.stop,
  }),
)
