import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { startCluster, startRedis, startSentinels } from '../../testing/redis/servers.mjs'
import { checkBooks, openBooks, presentAgain, signInThrough, startServers } from './sign-ins.mjs'

/** A call that took this long, in milliseconds, had to wait for another connection. */
const FELT = 300

async function survive(t, redis, outage) {
  const servers = await startServers(redis)
  t.after(() => servers.stop())
  const books = openBooks()
  const recovered = await signInThrough(books, servers.adapters, outage)
  t.diagnostic(
    `${books.errors.length} errors, ${books.refused.length} codes lost, longest call ${Math.round(books.longest)} ms, signed in again after ${Math.round(recovered)} ms`,
  )
  checkBooks(books, recovered)
  const felt = books.errors.length > 0 || books.longest > FELT
  assert.ok(felt, 'no call failed or had to wait: this shows nothing')
  await presentAgain(books, servers.adapters)
  return books
}

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
