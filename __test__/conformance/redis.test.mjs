import { startRedis } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { serverDeployment } from './redis-deployment.mjs'

const redis = await startRedis({ password: 'p@ss: w"ord/?#' })

conformance(serverDeployment('one Redis with a password', redis, { url: redis.url }))
