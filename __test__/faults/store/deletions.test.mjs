import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ALL_ON, anotherAdapter, startSandbox } from '../../../testing/adapter.mjs'
import { outcomes } from '../../../testing/outcomes.mjs'
import { newAccount, newPasskey, newSession } from '../../../testing/records.mjs'
import { connect, startCluster, startRedis } from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'

const PEOPLE = 400

/** How many people are deleted at once. */
const AT_ONCE = 40

/** By when each call has begun, in milliseconds: a deletion of so many takes about as long. */
const SPREAD = 40

const redis = await startRedis()
const cluster = await startCluster({ primaries: 3, replicas: 0 })
after(() => Promise.all([redis.stop(), cluster.stop()]))

const STORES = {
  'one Redis': { options: { url: redis.url }, servers: async () => [redis] },
  'a cluster': { options: { nodes: cluster.nodes }, servers: cluster.primaries },
}

/** Everything in the store, with its lifetime in milliseconds. */
async function dump(servers) {
  const entries = []
  for (const server of await servers()) {
    const connection = await connect(server)
    for (const key of await connection.command('KEYS', '*')) {
      entries.push({ key, ttl: await connection.command('PTTL', key) })
    }
    connection.close()
  }
  return entries
}

/** What a server does for somebody, beginning at some moment of the deletion. */
const CALLS = [
  (adapter, id) => adapter.linkAccount(newAccount(id)),
  (adapter, id) => adapter.createAuthenticator(newPasskey(id)),
  (adapter, id) => adapter.createSession(newSession(id)),
]

describe('people who are deleted while other servers write', { concurrency: 1 }, () => {
  for (const [name, { options, servers }] of Object.entries(STORES)) {
    test(`leave nothing in ${name}`, async (t) => {
      const users = Array.from({ length: PEOPLE }, (_, n) => ({ email: `${n}@example.com` }))
      const sandbox = await startSandbox(t, { users })
      const server = () =>
        anotherAdapter(sandbox, { ...ALL_ON, store: redisStoreFor(t, options), retries: 2 })
      const [deleting, ...others] = [server(), server(), server()]
      const ids = sandbox.users.all().map(({ id }) => id)
      // As NextAuth does before it writes anything.
      for (const it of others) await Promise.all(ids.map((id) => it.getUser(id)))

      const came = new Set()
      for (let n = 0; n < PEOPLE; n += AT_ONCE) {
        const some = ids.slice(n, n + AT_ONCE)
        const deleted = some.map((id) => deleting.deleteUser(id))
        const written = some.flatMap((id, m) =>
          CALLS.map(async (write, k) => {
            await sleep(((m * 7 + k * 13) % AT_ONCE) * (SPREAD / AT_ONCE))
            const [outcome] = await outcomes([write(others[m % 2], id)])
            came.add(typeof outcome === 'string' ? outcome : 'done')
          }),
        )
        await Promise.all([...deleted, ...written])
      }
      assert.deepEqual([...came].sort(), ['ERR_USER_NOT_FOUND', 'done'])

      const left = await dump(servers)
      assert.deepEqual(
        left.filter(({ ttl }) => ttl < 0),
        [],
        'some have no end',
      )
      // What is left are marks, the longest for three minutes.
      assert.deepEqual(
        left.filter(({ ttl }) => ttl > 180_000),
        [],
      )
      assert.equal(left.filter(({ key }) => key.includes(':deleted:')).length, PEOPLE)
    })
  }
})
