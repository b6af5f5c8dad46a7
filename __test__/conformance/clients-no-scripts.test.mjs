import { after } from 'node:test'
import { startRedis } from '../../testing/redis/servers.mjs'
import { redisClients } from './client-deployment.mjs'
import { conformance } from './conformance.mjs'

const redis = await startRedis({ args: ['--rename-command', 'EVAL', ''] })
after(() => redis.stop())

for (const library of ['ioredis', 'redis']) {
  const what = 'a Redis that runs no scripts'
  conformance(await redisClients(library, what, { url: redis.url }, async () => [redis]))
}
