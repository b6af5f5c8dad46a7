import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  nameOf,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { ask, redisFor } from '../../testing/redis/servers.mjs'
import { startCounted } from './costs.mjs'

const SMALL = { sessions: 10, ofOneUser: 10, accounts: 10, users: 10 }
const LARGE = { sessions: 100_000, ofOneUser: 2_000, accounts: 10_000, users: 5_000 }

/** How many calls are under way at once while the store is filled. */
const LANES = 256

/** How much more may go over the network, as a share: lengths of numbers differ. */
const MORE_BYTES = 0.03

const DAY = 86_400_000 // ms

/** Has `make` called with every number below `count`, many at a time. */
async function fill(count, make) {
  let next = 0
  const lane = async () => {
    while (next < count) {
      next += 1
      await make(next - 1)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** Fills the store, a part of it with what belongs to Ada. */
async function populate({ adapter, ada, sandbox }, { sessions, ofOneUser, accounts, users }) {
  const userOf = (n) => `cuser${String(n % users).padStart(20, '0')}`
  for (let n = 0; n < users; n += 1)
    sandbox.people.add({ id: userOf(n), email: `${n}@example.com` })
  await fill(ofOneUser, () => adapter.createSession(newSession(ada.id, DAY)))
  await fill(sessions - ofOneUser, (n) => adapter.createSession(newSession(userOf(n), DAY)))
  await fill(accounts, (n) => adapter.linkAccount(newAccount(userOf(n))))
}

/** What each call costs, one after the other. */
async function costs({ adapter, ada, costOf }) {
  const { id, email } = ada
  const [session, account, passkey] = [newSession(id, DAY), newAccount(id), newPasskey(id)]
  const { sessionToken } = session
  const expires = new Date(Date.now() + DAY + 1)
  const code = newCode(email)
  const calls = {
    createSession: () => adapter.createSession(session),
    'getSessionAndUser, first': () => adapter.getSessionAndUser(sessionToken),
    getSessionAndUser: () => adapter.getSessionAndUser(sessionToken),
    updateSession: () => adapter.updateSession({ sessionToken, expires }),
    deleteSession: () => adapter.deleteSession(sessionToken),
    linkAccount: () => adapter.linkAccount(account),
    getUserByAccount: () => adapter.getUserByAccount(nameOf(account)),
    getAccount: () => adapter.getAccount(account.providerAccountId, account.provider),
    unlinkAccount: () => adapter.unlinkAccount(nameOf(account)),
    createAuthenticator: () => adapter.createAuthenticator(passkey),
    getAuthenticator: () => adapter.getAuthenticator(passkey.credentialID),
    listAuthenticatorsByUserId: () => adapter.listAuthenticatorsByUserId(id),
    createVerificationToken: () => adapter.createVerificationToken(code),
    useVerificationToken: () => redeem(adapter, code),
    updateUser: () => adapter.updateUser({ id, name: 'Countess' }),
  }
  const found = {}
  for (const [name, call] of Object.entries(calls)) found[name] = await costOf(call)
  return found
}

async function costsWith(t, size) {
  const redis = await redisFor(t)
  const direct = await startCounted(t, redis)
  const began = performance.now()
  await populate(direct, size)
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  t.diagnostic(`${await ask(redis, 'DBSIZE')} keys made in ${seconds} s`)
  return { redis, subject: direct, costs: await costs(direct) }
}

test('with 100,000 sessions and 10,000 accounts each call costs what it costs with ten', async (t) => {
  const small = await costsWith(t, SMALL)
  const large = await costsWith(t, LARGE)
  for (const [name, few] of Object.entries(small.costs)) {
    const many = large.costs[name]
    t.diagnostic(`${name}: ${few.bytes} and ${many.bytes} bytes, ${many.sent.join(', ')}`)
    assert.deepEqual(many.ran, few.ran, name)
    assert.deepEqual(many.sent, few.sent, name)
    assert.equal(many.requests, few.requests, name)
    const more = Math.abs(many.bytes - few.bytes) / few.bytes
    assert.ok(more <= MORE_BYTES, `${name}: ${many.bytes} bytes instead of ${few.bytes}`)
  }

  const { redis, subject } = large
  const { adapter, ada } = subject
  const keys = await ask(redis, 'DBSIZE')
  await adapter.deleteUser(ada.id)
  // 2,000 sessions, a passkey, and their two indices. What comes is the mark of the deletion.
  assert.equal(await ask(redis, 'DBSIZE'), keys - LARGE.ofOneUser - 3 + 1)
})
