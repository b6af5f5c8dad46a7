import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { ChatBotKitError, MemoryStore } from '../../../index.js'
import { ADA } from '../../../testing/people.mjs'
import { newAccount, newCode, newPasskey, newSession } from '../../../testing/records.mjs'
import { connect, startRedis } from '../../../testing/redis/servers.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { equip, start } from '../api/subject.mjs'
import { HOSTILE, NO_TEXTS } from './identifiers.mjs'

const KATE = { email: 'kate@example.com', name: 'Kate', createdAt: 1_700_000_000_000 }

const redis = await startRedis()
const connection = await connect(redis)
after(async () => {
  connection.close()
  await redis.stop()
})

/** Methods that look for something, with the text in every place that takes one. */
const CALLS = {
  getUser: (adapter, text) => adapter.getUser(text),
  getUserByEmail: (adapter, text) => adapter.getUserByEmail(text),
  getUserByAccount: (adapter, text) =>
    adapter.getUserByAccount({ provider: text, providerAccountId: text }),
  getAccount: (adapter, text) => adapter.getAccount(text, text),
  unlinkAccount: (adapter, text) =>
    adapter.unlinkAccount({ provider: text, providerAccountId: text }),
  getSessionAndUser: (adapter, text) => adapter.getSessionAndUser(text),
  updateSession: (adapter, text) =>
    adapter.updateSession({ sessionToken: text, expires: new Date() }),
  deleteSession: (adapter, text) => adapter.deleteSession(text),
  useVerificationToken: (adapter, text) =>
    adapter.useVerificationToken({ identifier: text, token: text }),
  getAuthenticator: (adapter, text) => adapter.getAuthenticator(text),
  listAuthenticatorsByUserId: (adapter, text) => adapter.listAuthenticatorsByUserId(text),
  updateAuthenticatorCounter: (adapter, text) => adapter.updateAuthenticatorCounter(text, 7),
  updateUser: (adapter, text) => adapter.updateUser({ id: text, name: 'Mallory' }),
  deleteUser: (adapter, text) => adapter.deleteUser(text),
}

/** What belongs to a user, with the text as the user's id. */
const BELONGINGS = {
  createSession: (adapter, text) => adapter.createSession(newSession(text)),
  linkAccount: (adapter, text) => adapter.linkAccount(newAccount(text)),
  createAuthenticator: (adapter, text) => adapter.createAuthenticator(newPasskey(text)),
}

/** What a user's id may look like. There is no telling whether there is such a user. */
const ID = /^[\w-]{1,128}$/

/** Methods that keep what they are given, and how it is found again. */
const KEEPING = {
  createVerificationToken: async (adapter, text) => {
    const code = { ...newCode(text), token: text }
    await adapter.createVerificationToken(code)
    const stolen = { identifier: ADA.email, token: text }
    assert.equal(await adapter.useVerificationToken(stolen), null)
    assert.deepEqual(await adapter.useVerificationToken({ identifier: text, token: text }), code)
  },
  createSession: async (adapter, text, id) => {
    const session = { ...newSession(id), sessionToken: text }
    await adapter.createSession(session)
    if (text !== '') assert.equal((await adapter.getSessionAndUser(text)).user.id, id)
  },
  linkAccount: async (adapter, text, id) => {
    const name = { provider: text, providerAccountId: text }
    await adapter.linkAccount({ ...newAccount(id), ...name })
    assert.equal((await adapter.getUserByAccount(name)).id, id)
  },
  createAuthenticator: async (adapter, text, id) => {
    await adapter.createAuthenticator({ ...newPasskey(id), credentialID: text })
    assert.equal((await adapter.getAuthenticator(text)).userId, id)
  },
  createUser: async (adapter, text) => {
    const user = await adapter.createUser({ email: text, emailVerified: null })
    assert.equal(user.email, text.trim().toLowerCase())
  },
}

const isRefused = (error) =>
  error instanceof ChatBotKitError && !/^ERR_(INTERNAL|STORE|API_(RESP|UN|TIME))/.test(error.code)

const KEY =
  /^((codes|session|account|authenticator|creation|id-of):[\w-]{43}|(user|deleted|(sessions|accounts|authenticators)-of):[\w-]{1,128})$/
const PATH = /^\/api\/v1\/partner\/user\/(list|create|[\w-]{1,128}\/(fetch|update|delete))$/

const STORES = {
  'a MemoryStore': () => new MemoryStore(),
  Redis: (t) => redisStoreFor(t, { url: redis.url }),
}

async function startWith(t, store) {
  const keyPrefix = `hostile-${randomUUID()}:`
  const options = { store: STORES[store](t), keyPrefix, userCacheTtl: 60_000, timeout: 5_000 }
  const subject = await start(t, options, { users: [ADA, KATE] })
  const { adapter, sandbox, ada } = subject
  await equip(adapter, ada.id)
  return {
    ...subject,
    people: () => JSON.stringify(sandbox.users.all()),
    /** No text got into a path, a query, a header or a key as anything but a value. */
    async assertClean(text) {
      for (const { path, query, headers } of sandbox.requests) {
        assert.match(path, PATH)
        // An API that offers somebody with a similar address is asked for the pages that follow.
        for (const name of Object.keys(query)) assert.ok(['email', 'cursor'].includes(name), name)
        if (text.length > 2) assert.ok(!query.cursor?.includes(text))
        if (query.email) assert.ok(query.email.length <= 320)
        assert.equal(headers['x-injected'], undefined)
        if (text.length > 2) assert.ok(!JSON.stringify(headers).includes(text))
      }
      if (store !== 'Redis') return
      const keys = await connection.command('KEYS', `${keyPrefix}*`)
      assert.ok(keys.length >= 3)
      for (const key of keys) assert.match(key.slice(keyPrefix.length), KEY)
      assert.equal(await connection.command('EXISTS', 'untouched'), 1)
    },
  }
}

await connection.command('SET', 'untouched', 'by FLUSHALL')

for (const store of Object.keys(STORES)) {
  describe(`on ${store}`, { concurrency: 4 }, () => {
    for (const [what, text] of Object.entries(HOSTILE)) {
      test(`${what} is nobody, whatever it is taken for`, async (t) => {
        const { adapter, people, assertClean } = await startWith(t, store)
        const before = people()
        const calls = ID.test(text) ? CALLS : { ...CALLS, ...BELONGINGS }
        for (const [name, call] of Object.entries(calls)) {
          const outcome = await call(adapter, text).catch((error) => error)
          const isNobody =
            outcome === null || outcome === undefined || outcome.length === 0 || isRefused(outcome)
          assert.ok(isNobody, `${name} found ${outcome?.stack ?? JSON.stringify(outcome)}`)
        }
        assert.equal(people(), before)
        await assertClean(text)
      })

      test(`${what} is kept apart from everybody, or refused`, async (t) => {
        const { adapter, ada, people, assertClean } = await startWith(t, store)
        const known = JSON.parse(people())
        for (const [name, keep] of Object.entries(KEEPING)) {
          await keep(adapter, text, ada.id).catch((error) => {
            assert.ok(isRefused(error), `${name}: ${error.stack}`)
          })
        }
        const now = JSON.parse(people())
        assert.deepEqual(
          now.filter(({ id }) => known.some((it) => it.id === id)),
          known,
        )
        await assertClean(text)
      })
    }

    for (const [what, value] of Object.entries(NO_TEXTS)) {
      test(`${what} is refused or nobody, without a request`, async (t) => {
        const { adapter, sandbox, people } = await startWith(t, store)
        const before = people()
        sandbox.clearRequests()
        for (const [name, call] of Object.entries({ ...CALLS, ...BELONGINGS })) {
          const outcome = await call(adapter, value).catch((error) => error)
          assert.ok(
            outcome === null || outcome.code === 'ERR_INVALID_ARGUMENT',
            `${name}: ${outcome}`,
          )
        }
        assert.equal(people(), before)
        assert.equal(sandbox.requests.length, 0)
      })
    }

    test('a session token that somebody has stays theirs, whoever comes with it', async (t) => {
      const { adapter, sandbox } = await startWith(t, store)
      const [owner, other] = ['owner', 'other'].map((name) =>
        sandbox.users.add({ email: `${name}@example.com` }),
      )
      const session = newSession(owner.id)
      await adapter.createSession(session)
      const thefts = Array.from({ length: 20 }, () =>
        adapter.createSession({ ...session, userId: other.id }).catch(({ code }) => code),
      )
      assert.deepEqual([...new Set(await Promise.all(thefts))], ['ERR_SESSION_TAKEN'])
      const { user } = await adapter.getSessionAndUser(session.sessionToken)
      assert.equal(user.id, owner.id)
    })
  })
}
