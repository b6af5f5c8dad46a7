import { KVStore } from '../../index.js'
import { startRedis, startRestFront } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { redisDeployment } from './redis-deployment.mjs'

const redis = await startRedis()
const { url, token, stop } = await startRestFront(redis)

conformance(
  redisDeployment({
    name: 'a KVStore',
    createStore: () => new KVStore({ url, token }),
    primaries: async () => [redis],
    async stop() {
      await stop()
      await redis.stop()
    },
  }),
)
