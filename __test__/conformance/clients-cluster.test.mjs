import { after } from 'node:test'
import { startCluster } from '../../testing/redis/servers.mjs'
import { redisClients } from './client-deployment.mjs'
import { conformance } from './conformance.mjs'

const cluster = await startCluster({ primaries: 3, replicas: 1 })
after(() => cluster.stop())

const clientsOn = (library, options) =>
  redisClients(library, 'a Redis Cluster', { nodes: cluster.nodes, options }, cluster.primaries)

// Told to read from replicas, which may be late.
conformance(await clientsOn('ioredis', { scaleReads: 'all' }))
conformance(await clientsOn('redis-4', { useReplicas: true }))
conformance(await clientsOn('redis', { useReplicas: true }))
