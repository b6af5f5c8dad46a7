import { RedisStore } from '../../index.js'
import { startCluster } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { redisDeployment } from './redis-deployment.mjs'
import { restrict } from './rights.mjs'

const cluster = await startCluster({ primaries: 3, replicas: 1 })
const user = { username: 'app', password: 'sesame' }
await restrict(cluster.servers, { ...user, cluster: true })

conformance(
  redisDeployment({
    name: 'a Redis Cluster of three primaries and their replicas, with the documented rights',
    createStore: () => new RedisStore({ nodes: cluster.nodes.slice(0, 2), ...user }),
    primaries: cluster.primaries,
    stop: cluster.stop,
  }),
)
