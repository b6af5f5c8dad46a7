import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { outcomes } from '../../testing/outcomes.mjs'
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
import { kinds, start } from './subject.mjs'

const CROWD = 50

/** @param {import('./conformance.mjs').Deployment} deployment */
export function racesSuite(deployment) {
  describe('races', { concurrency: 1 }, () => {
    const eitherOf =
      ({ adapter, other }) =>
      (number) =>
        number % 2 ? adapter : other

    // Peers get and then delete.
    test('of 100 uses of one code at once, through two instances, one wins', async (t) => {
      const subject = await start(t, deployment)
      const code = newCode(ADA.email)
      await subject.adapter.createVerificationToken(code)
      const redeemed = await all(100, (n) => redeem(eitherOf(subject)(n), code))
      assert.deepEqual(
        redeemed.filter((it) => it !== null),
        [code],
      )
    })

    for (const [what, make, call] of [
      ['sessions', newSession, 'createSession'],
      ['accounts', newAccount, 'linkAccount'],
      ['passkeys', newPasskey, 'createAuthenticator'],
    ]) {
      test(`${CROWD} ${what} of one user made at once are all found by the deletion`, async (t) => {
        const subject = await start(t, deployment)
        const { adapter, ada, entries } = subject
        await all(CROWD, (n) => eitherOf(subject)(n)[call](make(ada.id)))
        if (what === 'passkeys') {
          assert.equal((await adapter.listAuthenticatorsByUserId(ada.id)).length, CROWD)
        }
        const record = { sessions: 'session', accounts: 'account', passkeys: 'authenticator' }[what]
        if (deployment.keys) assert.equal(kinds(await entries())[record], CROWD)
        await adapter.deleteUser(ada.id)
        if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
        assert.deepEqual(await adapter.listAuthenticatorsByUserId(ada.id), [])
      })
    }

    test('of ten people who link one account at once one gets it, and it goes with that one', async (t) => {
      const users = Array.from({ length: 10 }, (_, n) => ({ email: `user${n}@example.com` }))
      const subject = await start(t, deployment, {}, { users })
      const { adapter, sandbox, entries } = subject
      const account = newAccount('')
      const people = sandbox.people.all()
      const linked = await outcomes(
        people.map(({ id }, n) => eitherOf(subject)(n).linkAccount({ ...account, userId: id })),
      )
      const [{ userId }, ...more] = linked.filter((it) => it !== 'ERR_ACCOUNT_TAKEN')
      assert.deepEqual(more, [])
      assert.equal((await adapter.getUserByAccount(nameOf(account))).id, userId)
      await Promise.all(
        people.filter(({ id }) => id !== userId).map(({ id }) => adapter.deleteUser(id)),
      )
      assert.equal((await adapter.getUserByAccount(nameOf(account))).id, userId)
      await adapter.deleteUser(userId)
      if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
    })

    test('of ten people who register one passkey at once one gets it', async (t) => {
      const users = Array.from({ length: 10 }, (_, n) => ({ email: `user${n}@example.com` }))
      const subject = await start(t, deployment, {}, { users })
      const passkey = newPasskey('')
      const made = await outcomes(
        subject.sandbox.people
          .all()
          .map(({ id }, n) => eitherOf(subject)(n).createAuthenticator({ ...passkey, userId: id })),
      )
      const [winner, ...more] = made.filter((it) => it !== 'ERR_AUTHENTICATOR_TAKEN')
      assert.deepEqual(more, [])
      assert.deepEqual(await subject.adapter.getAuthenticator(passkey.credentialID), winner)
    })

    test('of ten people who get one session token at once one has it', async (t) => {
      const users = Array.from({ length: 10 }, (_, n) => ({ email: `user${n}@example.com` }))
      const subject = await start(t, deployment, {}, { users })
      const session = newSession('')
      const made = await outcomes(
        subject.sandbox.people
          .all()
          .map(({ id }, n) => eitherOf(subject)(n).createSession({ ...session, userId: id })),
      )
      const [winner, ...more] = made.filter((it) => it !== 'ERR_SESSION_TAKEN')
      assert.deepEqual(more, [])
      const { adapter } = subject
      assert.deepEqual((await adapter.getSessionAndUser(session.sessionToken)).session, winner)
    })

    // better-auth/better-auth#11073: a refresh under way revives a session that was revoked.
    test('a refresh that is under way revives no session that is deleted', async (t) => {
      const { adapter, other, ada, entries } = await start(t, deployment)
      const sessions = await all(CROWD, () => newSession(ada.id))
      await Promise.all(sessions.map((session) => adapter.createSession(session)))
      const expires = new Date(Date.now() + 7_200_000)
      await Promise.all(
        sessions.flatMap(({ sessionToken }) => [
          adapter.updateSession({ sessionToken, expires }),
          other.deleteSession(sessionToken),
          other.updateSession({ sessionToken, expires: new Date(expires.getTime() + 1) }),
        ]),
      )
      const found = await Promise.all(
        sessions.map(({ sessionToken }) => adapter.getSessionAndUser(sessionToken)),
      )
      assert.deepEqual(new Set(found), new Set([null]))
      if (deployment.keys) assert.equal(kinds(await entries()).session, undefined)
    })

    test('refreshes that are under way revive no session of a user who is deleted', async (t) => {
      const { adapter, other, ada, entries } = await start(t, deployment)
      const sessions = await all(10, () => newSession(ada.id))
      await Promise.all(sessions.map((session) => adapter.createSession(session)))
      const refreshed = Date.now() + 7_200_000
      await Promise.all([
        other.deleteUser(ada.id),
        ...sessions.flatMap(({ sessionToken }) =>
          [1, 2, 3].map((n) =>
            adapter.updateSession({ sessionToken, expires: new Date(refreshed + n) }),
          ),
        ),
      ])
      const found = await Promise.all(
        sessions.map(({ sessionToken }) => adapter.getSessionAndUser(sessionToken)),
      )
      assert.deepEqual(new Set(found), new Set([null]))
      if (deployment.keys) assert.equal(kinds(await entries()).session, undefined)
    })

    test('a session made while its user is deleted reads as null', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const sessions = await all(10, () => newSession(ada.id))
      const [deleted, ...made] = await outcomes([
        other.deleteUser(ada.id),
        ...sessions.map((session) => adapter.createSession(session)),
      ])
      assert.equal(deleted, undefined)
      for (const it of made) assert.ok(it === 'ERR_USER_NOT_FOUND' || it.userId === ada.id)
      for (const { sessionToken } of sessions) {
        assert.equal(await adapter.getSessionAndUser(sessionToken), null)
      }
    })

    test('an account that is linked again while it is unlinked is still found by the deletion', async (t) => {
      const { adapter, other, ada, entries } = await start(t, deployment)
      const accounts = await all(CROWD, () => newAccount(ada.id))
      await Promise.all(accounts.map((account) => adapter.linkAccount(account)))
      for (let round = 0; round < 3; round += 1) {
        await Promise.all(
          accounts.flatMap((account) => [
            adapter.linkAccount({ ...account, round }),
            other.unlinkAccount(nameOf(account)),
          ]),
        )
      }
      await adapter.deleteUser(ada.id)
      if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
      const found = await Promise.all(
        accounts.map((account) => adapter.getUserByAccount(nameOf(account))),
      )
      assert.deepEqual(new Set(found), new Set([null]))
    })
  })
}
