import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { newSession } from '../../testing/records.mjs'
import { commandCounts, startCluster, startRedis } from '../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../testing/stores.mjs'
import { start } from './subject.mjs'

const PASSWORD = 'sesame-0123456789'

/** Servers that refuse a command with two keys. */
const SERVERS = {
  // As behind the one address of a serverless cache, whose clients need not know of its cluster.
  'has its keys in slots': async () => {
    const redis = await startRedis({ cluster: true })
    await redis.cli('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    while (!(await redis.cli('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    return { redis, options: { url: redis.url } }
  },
  'has a list of commands for its users': async () => {
    const redis = await startRedis()
    const rules = ['~*', '+@all', '-mget']
    await redis.cli('ACL', 'SETUSER', 'app', 'on', `>${PASSWORD}`, ...rules)
    return { redis, options: { url: redis.url, username: 'app', password: PASSWORD } }
  },
}

describe('a RedisStore whose server refuses commands with two keys', () => {
  for (const [what, serve] of Object.entries(SERVERS)) {
    test(`because it ${what} reads them one by one, and asks once only`, async (t) => {
      const { redis, options } = await serve()
      t.after(() => redis.stop())
      const counts = await readThrice(t, redis, options)
      assert.deepEqual(counts, { get: 3 * 2 })
      assert.equal(await refusals(redis), 1)
    })
  }
})

test('a RedisStore in a cluster reads keys one by one, and never asks for two', async (t) => {
  const cluster = await startCluster({ replicas: 0 })
  t.after(() => cluster.stop())
  const counts = await readThrice(t, cluster, { nodes: cluster.nodes })
  assert.deepEqual(counts, { get: 3 * 2 })
  for (const server of cluster.servers) assert.equal(await refusals(server), 0)
})

/** Reads a session three times more, and says which commands that took. */
async function readThrice(t, redis, options) {
  const store = redisStoreFor(t, options)
  const { adapter, ada } = await start(t, { createStore: () => store })
  const { sessionToken, expires } = await adapter.createSession(newSession(ada.id))
  // The first reading has to learn whose session it is, and makes the snapshot.
  await adapter.getSessionAndUser(sessionToken)
  const counts = await commandCounts(redis)
  for (let reading = 0; reading < 3; reading += 1) {
    const { session, user } = await adapter.getSessionAndUser(sessionToken)
    assert.deepEqual(session, { sessionToken, userId: ada.id, expires })
    assert.equal(user.id, ada.id)
  }
  return (await counts.read()).commands
}

/** How often a server refused a command with two keys. */
async function refusals(redis) {
  const stats = await redis.cli('INFO', 'commandstats')
  return Number(/^cmdstat_mget:.*rejected_calls=(\d+)/m.exec(stats)?.[1] ?? 0)
}
