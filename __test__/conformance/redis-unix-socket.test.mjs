import { startRedis } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { serverDeployment } from './redis-deployment.mjs'

const redis = await startRedis({ unixSocket: true })

conformance(
  serverDeployment('one Redis on a Unix socket', redis, {
    url: `unix://${redis.socket}`,
    keyPrefix: 'application:',
  }),
)
