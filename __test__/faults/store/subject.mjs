/**
 * Somebody with everything in a real Redis, where records can be damaged in every way.
 */
import { randomUUID } from 'node:crypto'
import { issueCode } from '../../../testing/records.mjs'
import { connect, startRedis } from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { equip, start } from '../api/subject.mjs'

const redis = await startRedis()
const connection = await connect(redis)

/** Ends the Redis of this file's tests. */
export async function stop() {
  connection.close()
  await redis.stop()
}

/** One Redis command. Arguments may be Buffers. */
export const command = (...args) => connection.command(...args)

/** @returns two people, each with a record of every kind, and ways to the first one's records */
export async function startDamaged(t, options = {}) {
  const store = redisStoreFor(t, { url: redis.url })
  const keyPrefix = `damaged-${randomUUID()}:`
  const subject = await start(t, { store, keyPrefix, userCacheTtl: 60_000, ...options })
  const { adapter, sandbox, ada } = subject
  const bob = sandbox.users.findByEmail('bob@example.com')
  const give = async ({ id, email }) => {
    const before = new Set(await command('KEYS', `${keyPrefix}*`))
    const belongings = await equip(adapter, id)
    const code = await issueCode(adapter, email)
    await adapter.getSessionAndUser(belongings.session.sessionToken)
    const keys = {}
    for (const key of await command('KEYS', `${keyPrefix}*`)) {
      if (!before.has(key)) keys[key.slice(keyPrefix.length).split(':')[0]] = key
    }
    return { id, email, code, keys, ...belongings }
  }
  return { ...subject, ada: await give(ada), bob: await give(bob) }
}
