import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { ADA } from '../../testing/people.mjs'
import {
  all,
  nameOf,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { commandCounts, redisFor, startRedis } from '../../testing/redis/servers.mjs'
import { startCounted } from './costs.mjs'
import { serverDeployment } from './redis-deployment.mjs'
import { start } from './subject.mjs'
import { liveADay } from './suite-endings.mjs'

const redis = await startRedis()
after(() => redis.stop())

async function seen(adapter, { id }, make) {
  await adapter.getUser(id)
  return make(id)
}

/**
 * What each call costs at most: round trips to Redis and requests to the API. The first member of
 * each is prepared before counting; what it returns is passed on.
 */
const CALLS = {
  createVerificationToken: {
    most: [1, 0],
    prepare: () => newCode(ADA.email),
    call: ({ adapter }, code) => adapter.createVerificationToken(code),
  },
  'createVerificationToken while a code is outstanding': {
    most: [1, 0],
    prepare: ({ adapter }) => adapter.createVerificationToken(newCode(ADA.email)),
    call: ({ adapter }) => adapter.createVerificationToken(newCode(ADA.email)),
  },
  // It is tried as if none were; the answer that one is costs a round trip more.
  'createVerificationToken while one is that was made elsewhere': {
    most: [3, 0],
    prepare: ({ other }) => other.createVerificationToken(newCode(ADA.email)),
    call: ({ adapter }) => adapter.createVerificationToken(newCode(ADA.email)),
  },
  'useVerificationToken with a good code': {
    most: [1, 1],
    prepare: ({ adapter }) => adapter.createVerificationToken(newCode(ADA.email)),
    call: ({ adapter }, code) => redeem(adapter, code),
  },
  'useVerificationToken with a wrong code': {
    most: [1, 0],
    prepare: ({ adapter }) => adapter.createVerificationToken(newCode(ADA.email)),
    call: ({ adapter }) => redeem(adapter, newCode(ADA.email)),
  },
  createSession: {
    most: [2, 0],
    prepare: ({ ada }) => newSession(ada.id),
    call: ({ adapter }, session) => adapter.createSession(session),
  },
  'getSessionAndUser with a fresh snapshot': {
    most: [1, 0],
    async prepare({ adapter, ada }) {
      const { sessionToken } = await adapter.createSession(newSession(ada.id))
      await adapter.getSessionAndUser(sessionToken)
      return sessionToken
    },
    call: ({ adapter }, token) => adapter.getSessionAndUser(token),
  },
  'getSessionAndUser without a snapshot': {
    most: [3, 1],
    prepare: ({ adapter, bob }) => adapter.createSession(newSession(bob.id)),
    call: ({ adapter }, { sessionToken }) => adapter.getSessionAndUser(sessionToken),
  },
  'getSessionAndUser with an unknown token': {
    most: [1, 0],
    prepare: () => 'unknown',
    call: ({ adapter }, token) => adapter.getSessionAndUser(token),
  },
  // Its snapshot is dropped before the change and after it.
  updateUser: {
    most: [2, 3],
    prepare: () => 'Augusta',
    call: ({ adapter, ada }, name) => adapter.updateUser({ id: ada.id, name }),
  },
  // Whether it does is known when the user was read, beside which the snapshot is dropped.
  'updateUser that changes nothing': {
    most: [1, 1],
    prepare: () => new Date(),
    call: ({ adapter, ada }, emailVerified) =>
      adapter.updateUser({ id: ada.id, name: ada.name, emailVerified }),
  },
  updateSession: {
    most: [3, 0],
    prepare: ({ adapter, ada }) => adapter.createSession(newSession(ada.id)),
    call: ({ adapter }, { sessionToken }) =>
      adapter.updateSession({ sessionToken, expires: new Date(Date.now() + 9_999_999) }),
  },
  deleteSession: {
    most: [2, 0],
    prepare: ({ adapter, ada }) => adapter.createSession(newSession(ada.id)),
    call: ({ adapter }, { sessionToken }) => adapter.deleteSession(sessionToken),
  },
  // NextAuth has looked the user up before.
  linkAccount: {
    most: [2, 0],
    prepare: ({ adapter, ada }) => seen(adapter, ada, newAccount),
    call: ({ adapter }, account) => adapter.linkAccount(account),
  },
  getUserByAccount: {
    most: [1, 1],
    prepare: ({ adapter, ada }) => adapter.linkAccount(newAccount(ada.id)),
    call: ({ adapter }, account) => adapter.getUserByAccount(nameOf(account)),
  },
  'getAccount with a fresh snapshot': {
    most: [2, 0],
    async prepare({ adapter, ada }) {
      const account = await adapter.linkAccount(newAccount(ada.id))
      await adapter.getAccount(account.providerAccountId, account.provider)
      return account
    },
    call: ({ adapter }, account) => adapter.getAccount(account.providerAccountId, account.provider),
  },
  // Read, taken out of the index, and replaced by a tombstone: in this order, so that somebody who links
  // it at the same time finds out.
  unlinkAccount: {
    most: [3, 0],
    prepare: ({ adapter, ada }) => adapter.linkAccount(newAccount(ada.id)),
    call: ({ adapter }, account) => adapter.unlinkAccount(nameOf(account)),
  },
  'linkAccount of somebody who was not looked up before': {
    most: [2, 1],
    prepare: ({ ada }) => newAccount(ada.id),
    call: ({ adapter }, account) => adapter.linkAccount(account),
  },
  // That the store takes writes, and, while the user is read, the id.
  createUser: {
    most: [2, 2],
    prepare: () => ({ email: 'new@example.com', emailVerified: null }),
    call: ({ adapter }, user) => adapter.createUser(user),
  },
  createAuthenticator: {
    most: [2, 0],
    prepare: ({ adapter, ada }) => seen(adapter, ada, newPasskey),
    call: ({ adapter }, passkey) => adapter.createAuthenticator(passkey),
  },
  'getAuthenticator with a fresh snapshot': {
    most: [2, 0],
    async prepare({ adapter, ada }) {
      const { credentialID } = await adapter.createAuthenticator(newPasskey(ada.id))
      await adapter.getAuthenticator(credentialID)
      return credentialID
    },
    call: ({ adapter }, id) => adapter.getAuthenticator(id),
  },
  updateAuthenticatorCounter: {
    most: [2, 0],
    prepare: ({ adapter, ada }) => adapter.createAuthenticator(newPasskey(ada.id)),
    call: ({ adapter }, { credentialID }) => adapter.updateAuthenticatorCounter(credentialID, 9),
  },
}

describe('round trips to Redis', { concurrency: 1 }, () => {
  for (const [name, { most, prepare, call }] of Object.entries(CALLS)) {
    const [roundTrips, requests] = most
    test(`of ${name} are at most ${roundTrips}, and requests to the API ${requests}`, async (t) => {
      const subject = await startCounted(t, redis)
      const prepared = await prepare(subject)
      const cost = await subject.costOf(() => call(subject, prepared))
      t.diagnostic(`${name}: ${cost.roundTrips} (${cost.sent.join(', ')}), API ${cost.requests}`)
      assert.ok(cost.roundTrips <= roundTrips, `${cost.roundTrips} round trips: ${cost.sent}`)
      assert.ok(cost.requests <= requests, `${cost.requests} requests`)
    })
  }

  test('that list ten passkeys or delete all that a user has are side by side', async (t) => {
    const subject = await startCounted(t, redis)
    const { adapter, ada, costOf } = subject
    await all(10, () => adapter.createAuthenticator(newPasskey(ada.id)))
    const passkeys = await adapter.listAuthenticatorsByUserId(ada.id)
    assert.equal(passkeys.length, 10)
    const listing = await costOf(() => adapter.listAuthenticatorsByUserId(ada.id))
    await all(20, () => adapter.createSession(newSession(ada.id)))
    await all(5, () => adapter.linkAccount(newAccount(ada.id)))
    const deleting = await costOf(() => adapter.deleteUser(ada.id))
    t.diagnostic(`list of 10: ${listing.waits} waits; deletion of 35: ${deleting.waits} waits`)
    // The index and the passkeys, with a look whether the user is still there.
    assert.ok(listing.waits <= 6, `${listing.waits} waits: ${listing.sent}`)
    // A mark, and for each of three kinds the index, the records, their removal, the index again:
    // 13, and more where the machine is too busy to write 20 commands in one go.
    assert.ok(deleting.waits <= 35, `${deleting.waits} waits: ${deleting.sent}`)
  })
})

/** Commands that look at every key, that block, or that need more than one connection. */
const FORBIDDEN = [
  ...['keys', 'scan', 'randomkey', 'dbsize', 'flushall', 'flushdb', 'swapdb', 'sort', 'monitor'],
  ...['blpop', 'brpop', 'brpoplpush', 'blmove', 'blmpop', 'bzpopmin', 'bzpopmax', 'bzmpop', 'wait'],
  ...['multi', 'exec', 'watch', 'mset', 'rename', 'subscribe', 'psubscribe', 'ssubscribe'],
  ...['xread', 'xreadgroup', 'migrate', 'smembers', 'hgetall', 'script', 'function', 'evalsha'],
]

test('no command looks at every key, blocks, or needs more than one connection', async (t) => {
  const alone = await redisFor(t)
  const deployment = serverDeployment('', alone, { url: alone.url })
  const subject = await start(t, deployment)
  const counts = await commandCounts(alone)
  await liveADay(subject)
  await subject.adapter.listAuthenticatorsByUserId(subject.ada.id)
  await subject.adapter.deleteUser(subject.ada.id)
  const { commands } = await counts.read()
  t.diagnostic(JSON.stringify(commands))
  assert.ok(commands.eval > 0)
  assert.deepEqual(
    FORBIDDEN.filter((name) => name in commands),
    [],
  )
  await deployment.close()
})
