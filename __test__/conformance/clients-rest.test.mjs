import { after } from 'node:test'
import { startRedis, startRestFront } from '../../testing/redis/servers.mjs'
import { REST } from '../clients/libraries.mjs'
import { redisClients } from './client-deployment.mjs'
import { conformance } from './conformance.mjs'

const redis = await startRedis()
const front = await startRestFront(redis)
after(async () => {
  await front.stop()
  await redis.stop()
})

const { url, token } = front
for (const library of REST) {
  conformance(await redisClients(library, 'REST', { url, token }, async () => [redis]))
}
