import { RedisStore } from '../../index.js'
import { startSentinels } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { redisDeployment } from './redis-deployment.mjs'
import { restrict, restrictSentinels } from './rights.mjs'

const watched = await startSentinels({ password: 'open' })
const user = { username: 'app', password: 'sesame' }
await restrict(watched.servers, { ...user, sentinels: true })

/** Each sentinel has a password of its own for them. */
const sentinels = await Promise.all(
  watched.sentinels.map(async (url, index) => {
    await restrictSentinels([{ url }], `sesame-${index}`)
    return url.replace('redis://', `redis://app:sesame-${index}@`)
  }),
)

conformance(
  redisDeployment({
    name: 'a Redis behind three sentinels, with the documented rights',
    createStore: () => new RedisStore({ sentinels, service: watched.service, ...user }),
    primaries: async () => [await watched.primary()],
    stop: watched.stop,
  }),
)
