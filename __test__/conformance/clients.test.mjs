import { after } from 'node:test'
import { startRedis } from '../../testing/redis/servers.mjs'
import { NATIVE } from '../clients/libraries.mjs'
import { redisClients } from './client-deployment.mjs'
import { conformance } from './conformance.mjs'

const redis = await startRedis()
after(() => redis.stop())

for (const library of NATIVE) {
  conformance(await redisClients(library, 'one Redis', { url: redis.url }, async () => [redis]))
}
