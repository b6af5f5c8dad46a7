import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { removeAtTheApi } from '../../testing/directories.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { nameOf, newAccount, newPasskey, newSession } from '../../testing/records.mjs'
import { kinds, start } from './subject.mjs'

const MONTH = 30 * 24 * 3_600_000 // ms

/** When look-ups that are under way are not shared any more, in milliseconds. */
const UNSHARED = 300

/** Asserts that accounts, passkeys and their indices end when they should. */
function assertEnds(entries, lifetime) {
  const linked = entries.filter(({ key }) => /^(account|authenticator)/.test(key))
  assert.ok(linked.length >= 2)
  for (const { key, ttl } of linked) {
    if (lifetime === null) assert.equal(ttl, null, key)
    else assert.ok(lifetime - 60_000 < ttl && ttl <= lifetime, `${key} ends in ${ttl} ms`)
  }
}

/** A subject whose Ada was deleted by the API alone, as when deleteUser was broken off. */
async function brokenOff(t, deployment) {
  const subject = await start(t, deployment)
  const { adapter, ada, sandbox } = subject
  const [session, account, passkey] = [newSession(ada.id), newAccount(ada.id), newPasskey(ada.id)]
  await adapter.createSession(session)
  await adapter.linkAccount(account)
  await adapter.createAuthenticator(passkey)
  await removeAtTheApi(sandbox, ada.id)
  return { ...subject, session, account, passkey }
}

/** @param {import('./conformance.mjs').Deployment} deployment */
export function orphansSuite(deployment) {
  describe('what a deletion that was broken off has left', { concurrency: 1 }, () => {
    test('reads as null, whoever asks', async (t) => {
      const { adapter, other, session, account, passkey } = await brokenOff(t, deployment)
      const { provider, providerAccountId } = account
      for (const it of [adapter, other]) {
        assert.equal(await it.getSessionAndUser(session.sessionToken), null)
        assert.equal(await it.getUserByAccount(nameOf(account)), null)
        assert.equal(await it.getAccount(providerAccountId, provider), null)
        assert.equal(await it.getAuthenticator(passkey.credentialID), null)
      }
    })

    test('stays when it is met, and ends after a month', async (t) => {
      const { adapter, other, session, account, passkey, entries } = await brokenOff(t, deployment)
      for (const it of [adapter, other]) {
        await it.getSessionAndUser(session.sessionToken)
        await it.getUserByAccount(nameOf(account))
        await it.getAuthenticator(passkey.credentialID)
      }
      if (deployment.keys) assertEnds(await entries(), MONTH)
    })

    test('stays when an account is met by its name, and ends after a month', async (t) => {
      const { adapter, account, entries } = await brokenOff(t, deployment)
      await adapter.getAccount(account.providerAccountId, account.provider)
      if (!deployment.keys) return
      assertEnds(
        (await entries()).filter(({ key }) => key.startsWith('account')),
        MONTH,
      )
    })

    test('has no end any more when its owner is found again', async (t) => {
      const subject = await brokenOff(t, deployment)
      const { adapter, other, ada, sandbox, session, account, passkey, entries } = subject
      await adapter.getUserByAccount(nameOf(account))
      await adapter.getAuthenticator(passkey.credentialID)
      sandbox.people.add({ ...ADA, id: ada.id })
      await sleep(UNSHARED)
      assert.equal((await other.getUserByAccount(nameOf(account))).id, ada.id)
      assert.deepEqual(await other.listAuthenticatorsByUserId(ada.id), [passkey])
      assert.deepEqual((await other.getSessionAndUser(session.sessionToken)).session, session)
      if (deployment.keys) assertEnds(await entries(), null)
    })

    test('is no passkey that could be offered', async (t) => {
      const { adapter, ada } = await brokenOff(t, deployment)
      assert.deepEqual(await adapter.listAuthenticatorsByUserId(ada.id), [])
    })

    // What next-auth calls when a person whose user is gone signs in with the same account.
    test('keeps nobody from signing up again', async (t) => {
      const { adapter, other, account } = await brokenOff(t, deployment)
      assert.equal(await adapter.getUserByAccount(nameOf(account)), null)
      const again = await adapter.createUser({ email: 'ada@example.com', emailVerified: null })
      await adapter.linkAccount({ ...account, userId: again.id })
      assert.equal((await other.getUserByAccount(nameOf(account))).id, again.id)
    })

    test('keeps nobody from linking the account, even where nobody has looked for it', async (t) => {
      const { adapter, other, bob, account, entries } = await brokenOff(t, deployment)
      await adapter.linkAccount({ ...account, userId: bob.id })
      assert.equal((await other.getUserByAccount(nameOf(account))).id, bob.id)
      if (deployment.keys) assert.equal(kinds(await entries())['accounts-of'], 1)
    })

    test('is no passkey that somebody else could put another key into', async (t) => {
      const { adapter, bob, passkey } = await brokenOff(t, deployment)
      const theft = adapter.createAuthenticator({ ...passkey, userId: bob.id })
      await assert.rejects(theft, failure('ERR_AUTHENTICATOR_TAKEN'))
    })

    test('is completed by repeating the deletion', async (t) => {
      const { adapter, ada, entries } = await brokenOff(t, deployment)
      await adapter.deleteUser(ada.id)
      if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
    })

    test('stays while the API cannot say whether the user exists', async (t) => {
      const { adapter, bob, sandbox } = await start(t, deployment)
      const [session, account] = [newSession(bob.id), newAccount(bob.id)]
      await adapter.createSession(session)
      await adapter.linkAccount(account)
      const outage = sandbox.inject({ type: 'status', status: 503 })
      await assert.rejects(adapter.getSessionAndUser(session.sessionToken))
      await assert.rejects(adapter.getUserByAccount(nameOf(account)))
      outage.remove()
      assert.deepEqual((await adapter.getSessionAndUser(session.sessionToken)).session, session)
      assert.equal((await adapter.getUserByAccount(nameOf(account))).id, bob.id)
    })
  })
}
