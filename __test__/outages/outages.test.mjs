import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { RedisStore } from '../../index.js'
import { startCluster, startRedis, startSentinels } from '../../testing/redis/servers.mjs'
import { surviveOutage } from './sign-ins.mjs'

const survive = (t, redis, outage) =>
  surviveOutage(t, (options) => new RedisStore({ ...redis, ...options }), outage)

test('Redis is killed and restarted in the middle of a thousand sign-ins', async (t) => {
  const redis = await startRedis({ appendOnly: true, args: ['--appendfsync', 'always'] })
  t.after(() => redis.stop())
  const books = await survive(t, { url: redis.url }, async () => {
    await redis.kill()
    // Longer than a call may take, so that errors have to reach people.
    await wait(4_000)
    await redis.restart()
  })
  assert.deepEqual(books.refused, [], 'Redis had every code on disk')
})

test('the primary behind sentinels dies in the middle of a thousand sign-ins', async (t) => {
  const sentinels = await startSentinels()
  t.after(() => sentinels.stop())
  const { service } = sentinels
  await survive(t, { sentinels: sentinels.sentinels, service }, async () => {
    const { failedOver } = await sentinels.killPrimary()
    await failedOver()
  })
})

test('a primary of a cluster dies in the middle of a thousand sign-ins', async (t) => {
  const cluster = await startCluster()
  t.after(() => cluster.stop())
  await survive(t, { nodes: cluster.nodes }, async () => {
    const { failedOver } = await cluster.killPrimaryOf('chatbotkit:nextauth:codes:any')
    await failedOver()
  })
})
