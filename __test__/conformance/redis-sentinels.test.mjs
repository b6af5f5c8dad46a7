import { RedisStore } from '../../index.js'
import { startSentinels } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { redisDeployment } from './redis-deployment.mjs'

const watched = await startSentinels({ password: 'sesame' })
const { sentinels, service } = watched

conformance(
  redisDeployment({
    name: 'a Redis behind three sentinels',
    createStore: () => new RedisStore({ sentinels, service, password: 'sesame' }),
    primaries: async () => [await watched.primary()],
    stop: watched.stop,
  }),
)
