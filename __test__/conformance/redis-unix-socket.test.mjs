import { startRedis } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { serverDeployment } from './redis-deployment.mjs'
import { restrict } from './rights.mjs'

const redis = await startRedis({ unixSocket: true })
const keyPrefix = 'application:'
const user = { username: 'app', password: 'sesame' }
await restrict([redis], { ...user, keyPrefix })

conformance(
  serverDeployment('one Redis on a Unix socket, with the documented rights', redis, {
    url: `unix://${redis.socket}`,
    keyPrefix,
    ...user,
  }),
)
