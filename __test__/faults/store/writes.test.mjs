import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { ALL_ON, startAdapter } from '../../../testing/adapter.mjs'
import { EVE } from '../../../testing/people.mjs'
import { nameOf, newAccount, newSession } from '../../../testing/records.mjs'
import { startRedis } from '../../../testing/redis/servers.mjs'
import { mapStore, redisStoreFor } from '../../../testing/stores.mjs'

const redis = await startRedis()
after(() => redis.stop())

/** How long a store may try, in milliseconds. */
const TIMEOUT = 600

/** A Redis that takes no writes. @returns the user to connect as, and what mends it */
const configured = (name, value, mended) => async () => {
  await redis.cli('CONFIG', 'SET', name, value)
  return ['', () => redis.cli('CONFIG', 'SET', name, mended)]
}

const REDIS = {
  'is full': configured('maxmemory', 1, 0),
  'has too few replicas': configured('min-replicas-to-write', 1, 0),
  async 'became a replica'() {
    await redis.cli('REPLICAOF', '127.0.0.1', 9)
    return ['', () => redis.cli('REPLICAOF', 'NO', 'ONE')]
  },
  async 'may only be read'() {
    const rules = ['on', 'nopass', '~*', '+@read', '+@connection', '+info']
    await redis.cli('ACL', 'SETUSER', 'reader', 'reset', ...rules)
    return ['reader:x@', () => redis.cli('ACL', 'SETUSER', 'reader', '+@all')]
  },
}

const FAULTS = Object.fromEntries(
  Object.entries(REDIS).map(([what, damage]) => [
    `a Redis that ${what}`,
    async (t) => {
      const [user, mend] = await damage()
      const url = redis.url.replace('//', `//${user}`)
      return { store: redisStoreFor(t, { url, timeout: TIMEOUT }), mend }
    },
  ]),
)

FAULTS['a store in JavaScript that throws'] = () => {
  const [whole, faulty] = [mapStore(), mapStore()]
  const fail = () => {
    throw new Error('read-only')
  }
  const store = Object.assign(faulty, { set: fail, del: fail })
  return { store, mend: () => Object.assign(store, whole) }
}

/** The address of an OAuth sign-up is not proven, that of a sign-up by code is. */
const PEOPLE = {
  'with an OAuth account': { ...EVE, emailVerified: null },
  'with a code': EVE,
}

describe('a sign-up over a store that takes no writes', { concurrency: 1 }, () => {
  for (const [what, damage] of Object.entries(FAULTS)) {
    for (const [how, person] of Object.entries(PEOPLE)) {
      // nextauthjs/next-auth: OAuthAccountNotLinked ever after, where the user is made and the link is not.
      test(`${how}, ${what}, makes nobody, and succeeds afterwards`, async (t) => {
        const { store, mend } = await damage(t)
        t.after(mend)
        const { adapter, sandbox } = await startAdapter(t, { ...ALL_ON, store })
        const account = newAccount('')
        assert.equal(await adapter.getUserByAccount(nameOf(account)), null)
        const error = await adapter.createUser(person).catch((it) => it)
        assert.match(error.code, /^ERR_STORE/, error.stack)
        assert.deepEqual(sandbox.users.all(), [])

        await mend()
        const { id } = await adapter.createUser(person)
        await adapter.linkAccount({ ...account, userId: id })
        await adapter.createSession(newSession(id))
        assert.equal((await adapter.getUserByAccount(nameOf(account))).id, id)
      })
    }
  }
})
