import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { newSession } from '../../testing/records.mjs'
import { past } from '../../testing/waiting.mjs'
import { kinds, start } from './subject.mjs'

const HOUR = 3_600_000 // ms

/** @param {import('./conformance.mjs').Deployment} deployment */
export function devicesSuite(deployment) {
  describe('where somebody is signed in', { concurrency: 1 }, () => {
    test('is told by every instance, with digests for names', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const began = Date.now()
      const sessions = [newSession(ada.id), newSession(ada.id)]
      for (const session of sessions) await adapter.createSession({ ...session, label: 'Firefox' })
      await adapter.createSession(newSession(bob.id))
      const [one, two] = sessions
      const listed = await other.listSessions(ada.id, one.sessionToken)
      assert.equal(listed.length, 2)
      const current = listed.find(({ isCurrent }) => isCurrent)
      assert.deepEqual(listed.map(({ isCurrent }) => isCurrent).filter(Boolean), [true])
      const { id, created, lastSeen, ...rest } = current
      assert.deepEqual(rest, { expires: one.expires, label: 'Firefox', isCurrent: true })
      assert.match(id, /^[\w-]{43}$/)
      for (const time of [created, lastSeen]) {
        assert.ok(time instanceof Date && time >= began - 1_000 && time <= Date.now() + 1_000)
      }
      const text = JSON.stringify(listed)
      for (const { sessionToken } of [one, two]) assert.ok(!text.includes(sessionToken))
      assert.equal(await adapter.getSessionAndUser(id), null)
      assert.deepEqual(await other.listSessions(ada.id, id), await other.listSessions(ada.id))
    })

    test('is known from the last time that a session was prolonged or labelled', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const session = newSession(ada.id)
      const { sessionToken } = await adapter.createSession(session)
      const [made] = await adapter.listSessions(ada.id)
      assert.equal(made.label, null)
      await past(new Date(Date.now() + 20))
      const expires = new Date(Date.now() + 2 * HOUR)
      assert.deepEqual(await other.updateSession({ sessionToken, expires }), {
        ...session,
        expires,
      })
      const [prolonged] = await adapter.listSessions(ada.id)
      assert.deepEqual([prolonged.created, prolonged.expires], [made.created, expires])
      assert.ok(prolonged.lastSeen > made.lastSeen)
      assert.deepEqual(await other.updateSession({ sessionToken, label: 'Chrome' }), {
        ...session,
        expires,
      })
      await other.updateSession({ sessionToken, expires: new Date(Date.now() + 3 * HOUR) })
      const [labelled] = await adapter.listSessions(ada.id)
      assert.equal(labelled.label, 'Chrome')
    })

    test('ends for one session, which its user alone can end', async (t) => {
      const { adapter, other, ada, bob, entries } = await start(t, deployment)
      const [one, two] = [newSession(ada.id), newSession(ada.id)]
      await adapter.createSession(one)
      await adapter.createSession(two)
      const [{ id }] = (await adapter.listSessions(ada.id, one.sessionToken)).filter(
        ({ isCurrent }) => isCurrent,
      )
      assert.equal(await other.revokeSession(bob.id, id), false)
      assert.ok(await adapter.getSessionAndUser(one.sessionToken))
      assert.equal(await other.revokeSession(ada.id, id), true)
      for (const it of [adapter, other]) {
        assert.equal(await it.getSessionAndUser(one.sessionToken), null)
        assert.equal(await it.revokeSession(ada.id, id), false)
        assert.equal(await it.updateSession({ ...one, expires: new Date(Date.now() + HOUR) }), null)
        assert.ok(await it.getSessionAndUser(two.sessionToken))
      }
      assert.equal((await adapter.listSessions(ada.id)).length, 1)
      if (deployment.keys) assert.equal(kinds(await entries()).session, 1)
      for (const none of ['', 'x', `${id}x`, id.replace(/./, ':'), `../${id}`, one.sessionToken]) {
        assert.equal(await adapter.revokeSession(ada.id, none), false)
      }
    })

    test('ends for all sessions but the one that asks', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const sessions = Array.from({ length: 5 }, () => newSession(ada.id))
      await Promise.all(sessions.map((it) => adapter.createSession(it)))
      const others = newSession(bob.id)
      await adapter.createSession(others)
      assert.equal(await other.revokeOtherSessions(ada.id, sessions[2].sessionToken), 4)
      const left = await Promise.all(
        sessions.map(({ sessionToken }) => adapter.getSessionAndUser(sessionToken)),
      )
      assert.deepEqual(
        left.map((it) => it !== null),
        [false, false, true, false, false],
      )
      assert.ok(await adapter.getSessionAndUser(others.sessionToken))
      assert.equal(await other.revokeOtherSessions(ada.id, sessions[2].sessionToken), 0)
      for (const none of ['', undefined, null]) {
        const revoked = adapter.revokeOtherSessions(ada.id, none)
        await assert.rejects(revoked, failure('ERR_INVALID_ARGUMENT'))
      }
    })

    test('is nowhere once sessions have ended, and for whom nobody is', async (t) => {
      const { adapter, ada } = await start(t, deployment)
      const session = newSession(ada.id, 2_000)
      await adapter.createSession(session)
      const [{ id }] = await adapter.listSessions(ada.id)
      await past(session.expires)
      assert.deepEqual(await adapter.listSessions(ada.id), [])
      assert.equal(await adapter.revokeSession(ada.id, id), false)
      for (const nobody of ['cnobody', '(Ada)', '', '@ada']) {
        assert.deepEqual(await adapter.listSessions(nobody), [])
        assert.equal(await adapter.revokeSession(nobody, id), false)
        assert.equal(await adapter.revokeOtherSessions(nobody, 'x'), 0)
      }
    })

    test('ends whatever of two at once comes first: a session is ended, or prolonged and ended', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      for (let round = 0; round < 5; round += 1) {
        const session = newSession(ada.id)
        await adapter.createSession(session)
        const [{ id }] = await adapter.listSessions(ada.id)
        const expires = new Date(Date.now() + (round + 2) * HOUR)
        await Promise.all([
          adapter.updateSession({ sessionToken: session.sessionToken, expires }),
          other.revokeSession(ada.id, id),
        ])
        assert.equal(await adapter.getSessionAndUser(session.sessionToken), null)
        assert.deepEqual(await adapter.listSessions(ada.id), [])
      }
    })
  })
}
