import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KVStore, RedisStore } from '../../index.js'
import { nameOf, newAccount, newPasskey, newSession } from '../../testing/records.mjs'
import { startRedis, startRestFront } from '../../testing/redis/servers.mjs'
import { conformance } from './conformance.mjs'
import { redisDeployment } from './redis-deployment.mjs'
import { RestClient } from './rest-client.mjs'
import { kinds, start } from './subject.mjs'

async function clientDeployment(what, automaticDeserialization) {
  const redis = await startRedis()
  const { url, token, stop } = await startRestFront(redis)
  const deployment = redisDeployment({
    name: `a bare Upstash client that ${what}`,
    createStore: () => new RestClient({ url, token, automaticDeserialization }),
    primaries: async () => [redis],
    async stop() {
      await stop()
      await redis.stop()
    },
  })
  // All of it is the work of Node's thread: fifty changes of one index take turns within ten seconds.
  return { ...deployment, concurrency: 4, redis, url, token }
}

conformance(
  await clientDeployment('parses values', true),
  await clientDeployment('answers with JSON texts', false),
)

// docs/stores.md: a client can be passed as it is. Who did that has data when changing to KVStore.
for (const to of ['KVStore', 'RedisStore']) {
  test(`what was written through a bare client goes on with a ${to}`, async (t) => {
    const { redis, url, token, ...deployment } = await clientDeployment('parses values', true)
    const store =
      to === 'KVStore' ? new KVStore({ url, token }) : new RedisStore({ url: redis.url })
    t.after(async () => {
      await store.close()
      await deployment.close()
    })
    const { adapter: before, connect, ada, entries } = await start(t, deployment)
    const after = connect({ store })

    const [sessions, accounts] = [newSession, newAccount].map((make) =>
      [1, 2, 3].map(() => make(ada.id)),
    )
    const passkeys = [newPasskey(ada.id), newPasskey(ada.id)]
    for (const [n, adapter] of [before, before, after].entries()) {
      if (adapter === after) {
        await after.deleteSession(sessions[0].sessionToken)
        await after.unlinkAccount(nameOf(accounts[0]))
      }
      await adapter.createSession(sessions[n])
      await adapter.linkAccount(accounts[n])
      if (n > 0) await adapter.createAuthenticator(passkeys[n - 1])
    }
    for (const session of sessions.slice(1)) {
      assert.deepEqual((await after.getSessionAndUser(session.sessionToken)).session, session)
    }
    for (const account of accounts.slice(1)) {
      assert.equal((await after.getUserByAccount(nameOf(account))).id, ada.id)
    }
    assert.equal((await after.listAuthenticatorsByUserId(ada.id)).length, 2)
    await after.deleteUser(ada.id)
    assert.deepEqual(kinds(await entries()), {})
  })
}
