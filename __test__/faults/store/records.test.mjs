import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { ChatBotKitError } from '../../../index.js'
import { nameOf, newCode } from '../../../testing/records.mjs'
import { open, seal } from '../../../testing/seal.mjs'
import { ANY, OF_KIND } from './damages.mjs'
import { command, startDamaged, stop } from './subject.mjs'

after(stop)

/** Calls that read records of a kind, and change or end them last. */
const CALLS = {
  session: {
    getSessionAndUser: (adapter, { session }) => adapter.getSessionAndUser(session.sessionToken),
    updateSession: (adapter, { session }) =>
      adapter.updateSession({ ...session, userId: undefined, expires: new Date(2e12) }),
    deleteSession: (adapter, { session }) => adapter.deleteSession(session.sessionToken),
  },
  account: {
    getUserByAccount: (adapter, { account }) => adapter.getUserByAccount(nameOf(account)),
    getAccount: (adapter, { account }) =>
      adapter.getAccount(account.providerAccountId, account.provider),
    linkAccount: (adapter, { account }) => adapter.linkAccount(account),
    unlinkAccount: (adapter, { account }) => adapter.unlinkAccount(nameOf(account)),
  },
  authenticator: {
    getAuthenticator: (adapter, { passkey }) => adapter.getAuthenticator(passkey.credentialID),
    listAuthenticatorsByUserId: (adapter, { id }) => adapter.listAuthenticatorsByUserId(id),
    updateAuthenticatorCounter: (adapter, { passkey }) =>
      adapter.updateAuthenticatorCounter(passkey.credentialID, 7),
    createAuthenticator: (adapter, { passkey }) => adapter.createAuthenticator(passkey),
  },
  codes: {
    'useVerificationToken with a wrong code': (adapter, { email }) =>
      adapter.useVerificationToken({ identifier: email, token: 'wrong' }),
    useVerificationToken: (adapter, { code: { identifier, token } }) =>
      adapter.useVerificationToken({ identifier, token }),
    createVerificationToken: (adapter, { email }) =>
      adapter.createVerificationToken(newCode(email)),
  },
  user: {
    getSessionAndUser: (adapter, { session }) => adapter.getSessionAndUser(session.sessionToken),
    getAccount: (adapter, { account }) =>
      adapter.getAccount(account.providerAccountId, account.provider),
    getAuthenticator: (adapter, { passkey }) => adapter.getAuthenticator(passkey.credentialID),
  },
}

/** Every member, at any depth. */
function* members(value) {
  if (typeof value !== 'object' || value === null || value instanceof Date) return
  for (const [name, member] of Object.entries(value)) {
    yield [name, member]
    yield* members(member)
  }
}

/** The id of no user: what belongs to it is harmless. */
const NOBODY = 'cnobody'

/** Null, nothing, a typed error, or what is the person's own and whole. */
function assertHarmless(outcome, { id, email, account, passkey }, name) {
  if (outcome instanceof Error) {
    assert.ok(outcome instanceof ChatBotKitError, `${name}: ${outcome.stack}`)
    assert.doesNotMatch(outcome.code, /^ERR_(INTERNAL|API_)/, `${name}: ${outcome.message}`)
    return
  }
  const own = {
    userId: id,
    email,
    identifier: email,
    provider: account.provider,
    providerAccountId: undefined,
    credentialID: passkey.credentialID,
  }
  for (const [member, value] of members(outcome)) {
    if (value instanceof Date) {
      assert.ok(!Number.isNaN(value.getTime()), `${name}: ${member} is no time`)
    } else if (own[member] !== undefined && value !== NOBODY) {
      const shown = String(value).slice(0, 50)
      assert.ok(value === own[member], `${name} gave another's ${member}: ${shown}`)
    }
  }
}

for (const [kind, calls] of Object.entries(CALLS)) {
  describe(`a record of ${kind}`, { concurrency: 4 }, () => {
    for (const [what, damage] of Object.entries({ ...ANY, ...OF_KIND[kind] })) {
      test(`that ${what} is null or a typed error, and nobody else`, async (t) => {
        const { adapter, ada, bob, sandbox } = await startDamaged(t)
        const [key, { secret }] = [ada.keys[kind], sandbox]
        const stored = await command('GET', key)
        const text = open(secret, key, stored)
        const damaged = [damage(stored)]
        // What a fault of the adapter, or another version of it, may seal has to be harmless, too.
        if (text !== undefined) damaged.push(seal(secret, key, damage(text)))
        for (const [name, call] of Object.entries(calls)) {
          for (const it of damaged) {
            await command('SET', key, it)
            const outcome = await call(adapter, ada).catch((error) => error)
            assertHarmless(outcome, ada, name)
          }
        }
        await assertKeysAreOurs(key.slice(0, key.lastIndexOf(`${kind}:`)))
        await assertOthersGoOn(adapter, bob)
      })
    }
  })
}

/** Nothing that a record says has become a key. */
async function assertKeysAreOurs(prefix) {
  for (const key of await command('KEYS', `${prefix}*`)) {
    assert.match(key.slice(prefix.length), /^[a-z-]+:[\w-]{1,128}$/)
  }
}

/** The person beside still has everything. */
async function assertOthersGoOn(adapter, { id, session, account, passkey, code }) {
  assert.equal((await adapter.getSessionAndUser(session.sessionToken)).user.id, id)
  assert.equal((await adapter.getUserByAccount(nameOf(account))).id, id)
  assert.equal((await adapter.getAuthenticator(passkey.credentialID)).userId, id)
  const { identifier, token } = code
  assert.deepEqual(await adapter.useVerificationToken({ identifier, token }), code)
}

describe('a record that stands in the place of another', () => {
  /** Reads the place of Ada's record, at which Bob's stands. */
  const MOVED = {
    account: [
      (adapter, { account }) => adapter.getUserByAccount(nameOf(account)),
      (adapter, { account }) => adapter.getAccount(account.providerAccountId, account.provider),
    ],
    authenticator: [(adapter, { passkey }) => adapter.getAuthenticator(passkey.credentialID)],
    session: [
      (adapter, { session }) => adapter.getSessionAndUser(session.sessionToken),
      (adapter, { session }) =>
        adapter.updateSession({ ...session, userId: undefined, expires: new Date(2e12) }),
      (adapter, { session }) => adapter.deleteSession(session.sessionToken),
    ],
    user: [
      async (adapter, { session }) => (await adapter.getSessionAndUser(session.sessionToken))?.user,
    ],
  }

  for (const [kind, calls] of Object.entries(MOVED)) {
    test(`makes nobody of ${kind} somebody else`, async (t) => {
      const { adapter, ada, bob } = await startDamaged(t)
      await command('COPY', bob.keys[kind], ada.keys[kind], 'REPLACE')
      for (const call of calls) {
        const outcome = await call(adapter, ada).catch((error) => error)
        assertHarmless(outcome, ada, kind)
        if (!(outcome instanceof Error)) assert.notEqual(outcome?.userId ?? outcome?.id, bob.id)
      }
    })
  }

  // Whoever gets a code of their own could sign in with it as somebody else.
  test('lets nobody redeem a code of their own at the address of somebody else', async (t) => {
    const { adapter, ada, bob } = await startDamaged(t)
    await command('COPY', bob.keys.codes, ada.keys.codes, 'REPLACE')
    const { token } = bob.code
    assert.equal(await adapter.useVerificationToken({ identifier: ada.email, token }), null)
    const fresh = newCode(ada.email)
    await adapter.createVerificationToken(fresh)
    assert.equal(await adapter.useVerificationToken({ identifier: ada.email, token }), null)
    const { identifier } = fresh
    assert.ok(await adapter.useVerificationToken({ identifier, token: fresh.token }))
  })

  test('has no more sessions for somebody who copies a session to the digest of a token of theirs', async (t) => {
    const { adapter, ada, bob } = await startDamaged(t)
    const token = randomUUID()
    const digest = createHash('sha256').update(token).digest('base64url')
    await command('COPY', bob.keys.session, ada.keys.session.replace(/[^:]*$/, digest))
    assert.equal(await adapter.getSessionAndUser(token), null)
    assert.equal(await adapter.deleteSession(token), null)
  })
})
