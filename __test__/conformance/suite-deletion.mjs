import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { all, nameOf, newAccount, newPasskey, newSession } from '../../testing/records.mjs'
import { kinds, start } from './subject.mjs'

/** Signs a user in five times, with five accounts and five passkeys. */
async function settle({ adapter, other }, userId) {
  const sessions = await all(5, () => newSession(userId))
  const accounts = await all(5, () => newAccount(userId))
  const passkeys = await all(5, () => newPasskey(userId))
  for (const [n, it] of [adapter, other, adapter, other, adapter].entries()) {
    await it.createSession(sessions[n])
    await it.linkAccount(accounts[n])
    await it.createAuthenticator(passkeys[n])
  }
  return { sessions, accounts, passkeys }
}

/** What is left of what `settle` made. */
async function left(adapter, userId, { sessions, accounts, passkeys }) {
  const found = await Promise.all([
    ...sessions.map(({ sessionToken }) => adapter.getSessionAndUser(sessionToken)),
    ...accounts.map((account) => adapter.getUserByAccount(nameOf(account))),
    ...accounts.map(({ provider, providerAccountId }) =>
      adapter.getAccount(providerAccountId, provider),
    ),
    ...passkeys.map(({ credentialID }) => adapter.getAuthenticator(credentialID)),
  ])
  return [
    ...found.filter((it) => it !== null),
    ...(await adapter.listAuthenticatorsByUserId(userId)),
  ]
}

/** @param {import('./conformance.mjs').Deployment} deployment */
export function deletionSuite(deployment) {
  describe('deleting a user', { concurrency: 1 }, () => {
    // Peers remove the latest session and the latest account, and leave passkeys.
    test('removes every session, account and passkey', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, other, ada, entries } = subject
      const belongings = await settle(subject, ada.id)
      assert.equal((await left(adapter, ada.id, belongings)).length, 25)
      assert.equal(await adapter.deleteUser(ada.id), undefined)
      for (const it of [adapter, other]) {
        assert.equal(await it.getUser(ada.id), null)
        assert.equal(await it.getUserByEmail(ada.email), null)
        assert.deepEqual(await left(it, ada.id, belongings), [])
      }
      if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
    })

    test('leaves everybody else alone', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, other, ada, bob } = subject
      await settle(subject, ada.id)
      const belongings = await settle(subject, bob.id)
      await adapter.deleteUser(ada.id)
      assert.equal((await left(other, bob.id, belongings)).length, 25)
    })

    test('leaves an account alone that moved on to somebody else', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const account = newAccount(ada.id)
      await adapter.linkAccount(account)
      await adapter.unlinkAccount(nameOf(account))
      await other.linkAccount({ ...account, userId: bob.id })
      await adapter.deleteUser(ada.id)
      assert.equal((await adapter.getUserByAccount(nameOf(account))).id, bob.id)
    })

    test('can be repeated, and by two at once', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, other, ada, entries } = subject
      const belongings = await settle(subject, ada.id)
      await Promise.all([adapter.deleteUser(ada.id), other.deleteUser(ada.id)])
      await adapter.deleteUser(ada.id)
      assert.deepEqual(await left(other, ada.id, belongings), [])
      if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
    })

    test('that was broken off after the API deleted the user is completed by repeating it', async (t) => {
      const subject = await start(t, deployment, { retries: 0 })
      const { adapter, other, ada, sandbox, entries } = subject
      const belongings = await settle(subject, ada.id)
      sandbox.inject({ route: 'delete', when: 'after', type: 'reset', times: 1 })
      await assert.rejects(adapter.deleteUser(ada.id), failure('ERR_API_UNREACHABLE'))
      assert.equal(sandbox.people.get(ada.id), null)
      await other.deleteUser(ada.id)
      assert.deepEqual(await left(adapter, ada.id, belongings), [])
      if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
    })

    test('removes nothing when the API refuses it', async (t) => {
      const subject = await start(t, deployment, { retries: 0 })
      const { adapter, other, ada, sandbox } = subject
      const belongings = await settle(subject, ada.id)
      sandbox.inject({ route: 'delete', type: 'status', status: 503, times: 1 })
      await assert.rejects(adapter.deleteUser(ada.id), failure('ERR_API_UNAVAILABLE'))
      assert.equal((await left(other, ada.id, belongings)).length, 25)
    })
  })
}
