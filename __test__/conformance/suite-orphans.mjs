import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { removeAtTheApi } from '../../testing/adapter.mjs'
import { nameOf, newAccount, newPasskey, newSession } from '../../testing/records.mjs'
import { kinds, start } from './subject.mjs'

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

    test('is removed when it is met', async (t) => {
      const { adapter, session, account, passkey, entries } = await brokenOff(t, deployment)
      await adapter.getSessionAndUser(session.sessionToken)
      await adapter.getUserByAccount(nameOf(account))
      await adapter.getAuthenticator(passkey.credentialID)
      if (!deployment.keys) return
      // The index of sessions ends by itself.
      assert.deepEqual(kinds(await entries()), { 'sessions-of': 1 })
    })

    test('is removed when an account is met by its name', async (t) => {
      const { adapter, account, entries } = await brokenOff(t, deployment)
      await adapter.getAccount(account.providerAccountId, account.provider)
      if (!deployment.keys) return
      const { account: record, 'accounts-of': index } = kinds(await entries())
      assert.deepEqual({ record, index }, { record: undefined, index: undefined })
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
