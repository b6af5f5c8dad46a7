import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { newSession } from '../../testing/records.mjs'
import { past } from '../../testing/waiting.mjs'
import { keptBeyondItsEnd, kinds, start } from './subject.mjs'

/** The latest time that a Date can hold (ECMA-262, 21.4.1.1). */
const LATEST_TIME = 8.64e15

const HOUR = 3_600_000 // ms

/** @param {import('./conformance.mjs').Deployment} deployment */
export function sessionsSuite(deployment) {
  describe('sessions', { concurrency: 1 }, () => {
    test('are returned as they came and read by every instance', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const session = newSession(ada.id)
      assert.deepEqual(await adapter.createSession(session), session)
      for (const it of [adapter, other]) {
        const found = await it.getSessionAndUser(session.sessionToken)
        assert.deepEqual(Object.keys(found).sort(), ['session', 'user'])
        assert.deepEqual(found.session, session)
        assert.ok(found.session.expires instanceof Date)
        assert.ok(found.user.emailVerified instanceof Date)
        assert.deepEqual(found.user, await it.getUser(ada.id))
      }
    })

    test('move their end to exactly what was asked for', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const session = newSession(ada.id)
      await adapter.createSession(session)
      for (const lifetime of [2 * HOUR + 1, HOUR / 2 + 7]) {
        const moved = { ...session, expires: new Date(Date.now() + lifetime) }
        const { sessionToken, expires } = moved
        assert.deepEqual(await other.updateSession({ sessionToken, expires }), moved)
        assert.deepEqual((await adapter.getSessionAndUser(sessionToken)).session, moved)
      }
    })

    test('stay as they are when nothing is to change, and stay with their user', async (t) => {
      const { adapter, ada, bob } = await start(t, deployment)
      const session = newSession(ada.id)
      const { sessionToken } = await adapter.createSession(session)
      assert.deepEqual(await adapter.updateSession({ sessionToken }), session)
      assert.deepEqual(await adapter.updateSession(session), session)
      const moved = adapter.updateSession({ sessionToken, userId: bob.id })
      await assert.rejects(moved, failure('ERR_INVALID_ARGUMENT'))
      assert.deepEqual((await adapter.getSessionAndUser(sessionToken)).session, session)
    })

    test('are never handed to somebody else, and can be made again by their user', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const session = newSession(ada.id)
      await adapter.createSession(session)
      const theft = { ...newSession(bob.id), sessionToken: session.sessionToken }
      for (const it of [adapter, other]) {
        await assert.rejects(it.createSession(theft), failure('ERR_SESSION_TAKEN'))
      }
      assert.deepEqual(await other.createSession(session), session)
      assert.deepEqual((await other.getSessionAndUser(session.sessionToken)).session, session)
    })

    test('are gone once deleted, and only those', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const [one, two] = [newSession(ada.id), newSession(ada.id)]
      await adapter.createSession(one)
      await adapter.createSession(two)
      assert.deepEqual(await other.deleteSession(one.sessionToken), one)
      for (const it of [adapter, other]) {
        assert.equal(await it.getSessionAndUser(one.sessionToken), null)
        assert.equal(await it.deleteSession(one.sessionToken), null)
        assert.equal(await it.updateSession(one), null)
        assert.deepEqual((await it.getSessionAndUser(two.sessionToken)).session, two)
      }
    })

    test('read as null once they have ended', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const [made, moved] = [newSession(ada.id, 300), newSession(ada.id)]
      await adapter.createSession(made)
      await adapter.createSession(moved)
      await adapter.updateSession({ ...moved, expires: made.expires })
      await past(made.expires)
      for (const { sessionToken } of [made, moved]) {
        assert.equal(await other.getSessionAndUser(sessionToken), null)
        const expires = new Date(Date.now() + HOUR)
        assert.equal(await other.updateSession({ sessionToken, expires }), null)
        assert.equal(await other.deleteSession(sessionToken), null)
      }
    })

    test('that have ended before they are kept are not kept', async (t) => {
      const { adapter, ada, entries } = await start(t, deployment)
      const [made, moved] = [newSession(ada.id, -1), newSession(ada.id)]
      assert.deepEqual(await adapter.createSession(made), made)
      await adapter.createSession(moved)
      const ended = { ...moved, expires: new Date(Date.now() - 1) }
      assert.deepEqual(await adapter.updateSession(ended), ended)
      for (const { sessionToken } of [made, moved]) {
        assert.equal(await adapter.getSessionAndUser(sessionToken), null)
      }
      if (deployment.keys) assert.equal(kinds(await entries()).session, undefined)
    })

    test('of the longest lifetime there is are kept', async (t) => {
      const { adapter, ada } = await start(t, deployment)
      const session = { ...newSession(ada.id), expires: new Date(LATEST_TIME) }
      await adapter.createSession(session)
      assert.deepEqual((await adapter.getSessionAndUser(session.sessionToken)).session, session)
      await adapter.deleteUser(ada.id)
      assert.equal(await adapter.getSessionAndUser(session.sessionToken), null)
    })

    if (!deployment.persist) return

    // The callback route of both versions takes whatever the adapter returns for signed in.
    test('that have ended read as null even from a store that still has them', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, other, ada } = subject
      const session = await keptBeyondItsEnd(subject, 'session:', (lifetime) =>
        adapter.createSession(newSession(ada.id, lifetime)),
      )
      assert.equal(await other.getSessionAndUser(session.sessionToken), null)
      const expires = new Date(Date.now() + HOUR)
      assert.equal(await other.updateSession({ ...session, expires }), null)
    })
  })
}
