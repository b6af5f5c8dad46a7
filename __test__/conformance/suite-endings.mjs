import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ADA, BOB } from '../../testing/people.mjs'
import {
  all,
  nameOf,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { eventually } from '../../testing/waiting.mjs'
import { kinds, start } from './subject.mjs'

/**
 * When all has to be gone, in milliseconds, but for what lasts some minutes: changed users leave a mark
 * for ten seconds (docs/stores.md), and everything else here ends sooner.
 */
const DEADLINE = 20_000

/** What deleted users and redeemed codes leave for some minutes, and how long at most. */
const LASTING = /^(deleted|codes):/
const LONGEST = 180_000 // ms

/** Accounts, passkeys, and what finds them. */
const LINKED = { account: 2, 'accounts-of': 1, authenticator: 1, 'authenticators-of': 1 }

/**
 * A day of a busy server in a few seconds. No session ends before its owner is deleted: what is gone
 * while it is still in an index leaves a mark for three minutes.
 */
export async function liveADay({ adapter, other, ada, bob }) {
  const sessions = await all(8, (n) => newSession(n % 2 ? ada.id : bob.id, 4_000 + 200 * n))
  await Promise.all(sessions.map((session) => adapter.createSession(session)))
  await Promise.all(sessions.map(({ sessionToken }) => other.getSessionAndUser(sessionToken)))
  await adapter.updateSession({ ...sessions[0], expires: new Date(Date.now() + 4_500) })
  await other.deleteSession(sessions[7].sessionToken)

  const codes = [
    newCode(ADA.email, 1_500),
    newCode('nobody@example.com', 1_500),
    newCode(BOB.email),
  ]
  await Promise.all(codes.map((code) => adapter.createVerificationToken(code)))
  await redeem(other, codes[2])

  const accounts = await all(4, (n) => newAccount(n < 3 ? ada.id : bob.id))
  await Promise.all(accounts.map((account) => adapter.linkAccount(account)))
  await other.unlinkAccount(nameOf(accounts[0]))
  await adapter.createAuthenticator(newPasskey(ada.id))
  await adapter.createAuthenticator(newPasskey(bob.id))

  await adapter.updateUser({ id: ada.id, name: 'Countess' })
  await other.deleteUser(bob.id)
}

/** @param {import('./conformance.mjs').Deployment} deployment */
export function endingsSuite(deployment) {
  if (!deployment.keys) return

  test('when all sessions and codes have ended only what linked accounts need remains', async (t) => {
    const subject = await start(t, deployment, { userCacheTtl: 1_000 })
    await liveADay(subject)
    await eventually(async () => {
      const entries = await subject.entries()
      const marks = entries.filter(({ key }) => LASTING.test(key))
      assert.ok(marks.every(({ ttl }) => 0 < ttl && ttl <= LONGEST))
      const rest = entries.filter((entry) => !marks.includes(entry))
      assert.deepEqual(kinds(rest), LINKED)
      assert.equal(rest.length, 5, 'marks have not gone yet')
    }, DEADLINE)
  })

  describe('nothing at all remains', { concurrency: true }, () => {
    test('of somebody who asked for a code and never came', async (t) => {
      const { adapter, entries } = await start(t, deployment)
      await adapter.createVerificationToken(newCode('nobody@example.com', 1_000))
      await eventually(async () => assert.deepEqual(await entries(), []), DEADLINE)
    })

    test('of somebody who signed in and stayed away', async (t) => {
      const { adapter, ada, entries } = await start(t, deployment, { userCacheTtl: 1_000 })
      const session = newSession(ada.id, 1_000)
      await adapter.createSession(session)
      await adapter.getSessionAndUser(session.sessionToken)
      await eventually(async () => assert.deepEqual(await entries(), []), DEADLINE)
    })

    test('of somebody who signed in and out', async (t) => {
      const { adapter, ada, entries } = await start(t, deployment)
      const session = newSession(ada.id)
      await adapter.createSession(session)
      await adapter.deleteSession(session.sessionToken)
      assert.deepEqual(await entries(), [])
    })
  })
}
