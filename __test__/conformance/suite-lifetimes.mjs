import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ADA } from '../../testing/people.mjs'
import {
  issueCode,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { start } from './subject.mjs'

const MINUTE = 60_000 // ms
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long the mark of a changed user and the record of a redeemed code are kept (docs/stores.md). */
const MARK_LIFETIME = 10_000 // ms
const REDEEMED_LIFETIME = 150_000 // ms

/** What a busy machine may take between two steps, and what clocks may differ, in milliseconds. */
const SLOWNESS = 15_000
const ROUNDING = 50

/** Asserts that an entry ends when it should, and not later. */
function assertEnds(entry, lifetime) {
  const what = `${entry?.key} ends in ${entry?.ttl} ms instead of ${lifetime}`
  if (lifetime === null) return assert.equal(entry.ttl, null, what)
  assert.ok(entry.ttl !== null && entry.ttl <= lifetime + ROUNDING, what)
  assert.ok(entry.ttl > lifetime - SLOWNESS, what)
}

async function ends(subject, expected) {
  const entries = await subject.entries()
  for (const [kind, lifetime] of Object.entries(expected)) {
    const found = entries.filter(({ key }) => key.startsWith(`${kind}:`))
    assert.ok(found.length > 0, `there is no ${kind}`)
    for (const entry of found) assertEnds(entry, lifetime)
  }
}

/** @param {import('./conformance.mjs').Deployment} deployment */
export function lifetimesSuite(deployment) {
  if (!deployment.keys) return

  // nextauthjs/next-auth#6821: expired sessions pile up. No official key-value adapter sets a TTL.
  describe('lifetimes in the store', { concurrency: 1 }, () => {
    test('of a session and its index are the session’s, and move with it', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, other, ada } = subject
      const session = newSession(ada.id, HOUR)
      await adapter.createSession(session)
      await ends(subject, { session: HOUR, 'sessions-of': HOUR })
      for (const lifetime of [DAY, 2 * MINUTE]) {
        await other.updateSession({ ...session, expires: new Date(Date.now() + lifetime) })
        await ends(subject, { session: lifetime, 'sessions-of': lifetime })
      }
    })

    test('of an index are those of its longest session', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, ada } = subject
      for (const lifetime of [HOUR, DAY, 2 * MINUTE]) {
        await adapter.createSession(newSession(ada.id, lifetime))
      }
      await ends(subject, { 'sessions-of': DAY })
    })

    test('of a code are the code’s, and of the last one where there are several', async (t) => {
      const subject = await start(t, deployment)
      const { adapter } = subject
      await adapter.createVerificationToken(newCode(ADA.email, HOUR))
      await ends(subject, { codes: HOUR })
      await adapter.createVerificationToken(newCode(ADA.email, 10 * MINUTE))
      await ends(subject, { codes: HOUR })
    })

    test('of a redeemed code are two and a half minutes, and of a wrong one a day', async (t) => {
      const subject = await start(t, deployment)
      const { adapter } = subject
      const code = await issueCode(adapter, ADA.email)
      await redeem(adapter, newCode(ADA.email))
      await ends(subject, { codes: DAY })
      await redeem(adapter, code)
      await ends(subject, { codes: REDEEMED_LIFETIME })
    })

    test('of a snapshot are userCacheTtl, and of the mark of a change ten seconds', async (t) => {
      const subject = await start(t, deployment, { userCacheTtl: 2 * MINUTE })
      const { adapter, ada } = subject
      const session = newSession(ada.id)
      await adapter.createSession(session)
      await adapter.getSessionAndUser(session.sessionToken)
      await ends(subject, { user: 2 * MINUTE })
      await adapter.updateUser({ id: ada.id, name: 'Countess' })
      await ends(subject, { user: MARK_LIFETIME })
    })

    test('of accounts and passkeys are none', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, ada } = subject
      await adapter.linkAccount(newAccount(ada.id))
      await adapter.createAuthenticator(newPasskey(ada.id))
      const forEver = { account: null, authenticator: null }
      await ends(subject, { ...forEver, 'accounts-of': null, 'authenticators-of': null })
    })
  })
}
