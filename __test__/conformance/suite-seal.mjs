import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import {
  all,
  bound,
  issueCode,
  nameOf,
  newAccount,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { seal } from '../../testing/seal.mjs'
import { start } from './subject.mjs'

const digest = (text) => createHash('sha256').update(text).digest('base64url')

/** Where the records of a person stand, without the prefix. */
const keysOf = ({ email, session, account, passkey }) => ({
  session: `session:${digest(session.sessionToken)}`,
  account: `account:${digest(`${account.provider.length}:${account.provider}${account.providerAccountId}`)}`,
  authenticator: `authenticator:${digest(passkey.credentialID)}`,
  codes: `codes:${digest(email)}`,
})

/** Somebody with one record of each kind. */
async function equip(adapter, { id, email }) {
  const session = newSession(id)
  const account = newAccount(id)
  const passkey = newPasskey(id)
  await adapter.createSession(session)
  await adapter.linkAccount(account)
  await adapter.createAuthenticator(passkey)
  const code = await issueCode(adapter, email)
  return { id, email, session, account, passkey, code }
}

/** Whose each record is, for somebody who presents what they know. */
const OWNERS = {
  session: async (adapter, { session }) =>
    (await adapter.getSessionAndUser(session.sessionToken))?.user.id,
  account: async (adapter, { account }) => (await adapter.getUserByAccount(nameOf(account)))?.id,
  authenticator: async (adapter, { passkey }) =>
    (await adapter.getAuthenticator(passkey.credentialID))?.userId,
}

/** What has to be somebody's, so that it is not taken for nothing: a second account would be made. */
const MUST_OPEN = ['account', 'authenticator']

const OTHER_SECRET = 'another-secret'

/** @param {import('./conformance.mjs').Deployment} deployment */
export function sealSuite(deployment) {
  describe('who writes into the store', { concurrency: 1 }, () => {
    /** Two people, the keys of their records, and all that stands there. */
    async function startPeople(t) {
      const subject = await start(t, deployment)
      const { adapter, ada, bob, peek } = subject
      const [victim, thief] = await all(2, (n) => equip(adapter, [ada, bob][n]))
      const keys = { victim: keysOf(victim), thief: keysOf(thief) }
      const values = {}
      for (const key of [...Object.values(keys.victim), ...Object.values(keys.thief)]) {
        values[key] = await peek(key)
      }
      return { ...subject, victim, thief, keys, values }
    }

    /** What somebody without the secret may put at a key where `good` stands. */
    function forgeries(fullKey, values, good, record) {
      const flipped = good.sealed[20] === 'A' ? 'B' : 'A'
      return [
        ...Object.values(values).filter((value) => value !== good),
        { sealed: good.sealed.slice(0, 20) + flipped + good.sealed.slice(21) },
        { sealed: good.sealed.slice(0, -4) },
        { sealed: '' },
        bound(fullKey, record),
        JSON.parse(seal(OTHER_SECRET, fullKey, JSON.stringify(bound(fullKey, record)))),
        [],
      ]
    }

    for (const [kind, ownerOf] of Object.entries(OWNERS)) {
      test(`signs in as nobody else with a ${kind} that was copied, changed or made up`, async (t) => {
        const { adapter, other, victim, thief, keys, values, put, keyPrefix } = await startPeople(t)
        const key = keys.thief[kind]
        const record = { ...thief.session, ...thief.account, ...thief.passkey, userId: victim.id }
        const forged = { ...record, expires: Date.now() + 60_000 }
        for (const value of forgeries(keyPrefix + key, values, values[key], forged)) {
          await put(key, value)
          for (const it of [adapter, other]) {
            const read = ownerOf(it, thief)
            if (MUST_OPEN.includes(kind)) await assert.rejects(read, failure('ERR_RECORD_SEALED'))
            else assert.equal(await read, undefined)
          }
        }
        await put(key, values[key])
        assert.equal(await ownerOf(other, thief), thief.id)
      })
    }

    test('redeems no code at an address but the one it was made for', async (t) => {
      const { adapter, other, victim, thief, keys, values, put, keyPrefix } = await startPeople(t)
      const key = keys.victim.codes
      const record = { codes: [[digest(thief.code.token), Date.now() + 60_000, 'nonce']] }
      for (const value of forgeries(keyPrefix + key, values, values[key], record)) {
        await put(key, value)
        for (const it of [adapter, other]) {
          assert.equal(await redeem(it, { ...thief.code, identifier: victim.email }), null)
        }
      }
      // What was copied over is made anew by the next request for a code.
      const fresh = await issueCode(other, victim.email)
      assert.deepEqual(await redeem(adapter, fresh), fresh)
      assert.deepEqual(await redeem(other, thief.code), thief.code)
    })

    test('locks nobody out with marks and passkeys of their own making', async (t) => {
      const { other, victim, put } = await startPeople(t)
      await put(`deleted:${victim.id}`, true)
      const passkey = newPasskey(victim.id)
      await other.createAuthenticator(passkey)
      await put(`authenticator:${digest(passkey.credentialID)}`, { sealed: 'AAAA' })
      const session = newSession(victim.id)
      assert.deepEqual(await other.createSession(session), session)
      assert.deepEqual(await other.listAuthenticatorsByUserId(victim.id), [victim.passkey])
    })

    // What is left to them, with the bounds that docs/security.md states.
    test('can put an older record back at its own key, until its own end and for its own person', async (t) => {
      const { adapter, other, ada, peek, put, sandbox, keyPrefix } = await start(t, deployment)
      const session = newSession(ada.id)
      await adapter.createSession(session)
      const key = `session:${digest(session.sessionToken)}`
      const older = await peek(key)
      await adapter.deleteSession(session.sessionToken)
      await put(key, older)
      assert.equal((await other.getSessionAndUser(session.sessionToken)).user.id, ada.id)

      const ended = { record: { userId: ada.id, expires: Date.now() - 1 } }
      await put(key, JSON.parse(seal(sandbox.secret, keyPrefix + key, JSON.stringify(ended))))
      assert.equal(await other.getSessionAndUser(session.sessionToken), null)
    })
  })

  describe('a new secret', { concurrency: 1 }, () => {
    const NEW = { secret: 'the-new-secret' }

    async function startRotation(t) {
      const subject = await start(t, deployment)
      subject.sandbox.addSecret(NEW.secret)
      const { adapter, sandbox, ada, connect } = subject
      const rotated = connect({ ...NEW, previousSecrets: [sandbox.secret] })
      return { ...subject, rotated, fresh: connect(NEW), belongings: await equip(adapter, ada) }
    }

    test('ends nothing where the one from before is named, which is then not needed any more', async (t) => {
      const { rotated, fresh, belongings } = await startRotation(t)
      const { id, session, code } = belongings
      // Reading a link or a passkey seals it anew.
      for (const ownerOf of Object.values(OWNERS)) {
        assert.equal(await ownerOf(rotated, belongings), id)
      }
      assert.deepEqual(await redeem(rotated, code), code)

      const { sessionToken } = session
      await rotated.updateSession({ sessionToken, expires: newSession(id, 7_200_000).expires })
      for (const ownerOf of Object.values(OWNERS)) {
        assert.equal(await ownerOf(fresh, belongings), id)
      }
    })

    test('alone finds no session and no code, and refuses links and passkeys instead of missing them', async (t) => {
      const { adapter, fresh, belongings } = await startRotation(t)
      const { id, email, session, account, passkey, code } = belongings
      assert.equal(await fresh.getSessionAndUser(session.sessionToken), null)
      assert.equal(await redeem(fresh, code), null)
      const { credentialID } = passkey
      for (const call of [
        () => fresh.getUserByAccount(nameOf(account)),
        () => fresh.getAccount(account.providerAccountId, account.provider),
        () => fresh.linkAccount(account),
        () => fresh.unlinkAccount(nameOf(account)),
        () => fresh.getAuthenticator(credentialID),
        () => fresh.listAuthenticatorsByUserId(id),
        () => fresh.updateAuthenticatorCounter(credentialID, 9),
        () => fresh.createAuthenticator(passkey),
      ]) {
        const refusal = { message: /previousSecrets/, retryable: false }
        await assert.rejects(call, failure('ERR_RECORD_SEALED', refusal))
      }
      // Nothing was lost.
      for (const ownerOf of Object.values(OWNERS)) {
        assert.equal(await ownerOf(adapter, belongings), id)
      }
      // And a new code can be asked for.
      const again = await issueCode(fresh, email)
      assert.deepEqual(await redeem(fresh, again), again)
    })

    test('deletes a user with all that the one from before has sealed', async (t) => {
      const { fresh, rotated, belongings, entries } = await startRotation(t)
      await fresh.deleteUser(belongings.id)
      for (const ownerOf of Object.values(OWNERS)) {
        assert.equal(await ownerOf(rotated, belongings), undefined)
      }
      if (!deployment.keys) return
      const left = (await entries()).filter(({ text }) => text?.includes(belongings.id))
      assert.deepEqual(left, [])
    })
  })

  describe('seal', { concurrency: 1 }, () => {
    test('false keeps plain records, and reads sealed ones', async (t) => {
      const { adapter, connect, ada, bob, peek } = await start(t, deployment)
      const plain = connect({ seal: false })
      const belongings = await equip(plain, ada)
      const { session, account } = keysOf(belongings)
      assert.equal((await peek(session)).record.userId, ada.id)
      assert.equal((await peek(account)).record.access_token, belongings.account.access_token)
      for (const who of [belongings, await equip(adapter, bob)]) {
        for (const ownerOf of Object.values(OWNERS)) assert.equal(await ownerOf(plain, who), who.id)
      }
    })

    test('true takes no plain record for one', async (t) => {
      const { adapter, connect, ada } = await start(t, deployment)
      const belongings = await equip(connect({ seal: false }), ada)
      assert.equal(await OWNERS.session(adapter, belongings), undefined)
      assert.equal(await redeem(adapter, belongings.code), null)
      for (const kind of MUST_OPEN) {
        const refusal = failure('ERR_RECORD_SEALED', { message: /seal: "migrate"/ })
        await assert.rejects(OWNERS[kind](adapter, belongings), refusal)
      }
    })

    test('"migrate" reads both, and seals what it writes', async (t) => {
      const { adapter, connect, ada } = await start(t, deployment)
      const belongings = await equip(connect({ seal: false }), ada)
      const migrating = connect({ seal: 'migrate' })
      const { id, session, code } = belongings
      for (const ownerOf of Object.values(OWNERS))
        assert.equal(await ownerOf(migrating, belongings), id)
      assert.deepEqual(await redeem(migrating, code), code)
      const { sessionToken } = session
      await migrating.updateSession({ sessionToken, expires: newSession(id, 7_200_000).expires })
      for (const ownerOf of Object.values(OWNERS))
        assert.equal(await ownerOf(adapter, belongings), id)
    })
  })
}
