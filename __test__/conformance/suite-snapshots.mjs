import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { calls } from '../../testing/adapter.mjs'
import { newSession } from '../../testing/records.mjs'
import { hold } from '../../testing/waiting.mjs'
import { kinds, start } from './subject.mjs'

/** A subject whose Ada is signed in. */
async function signedIn(t, deployment, options) {
  const subject = await start(t, deployment, options)
  const session = newSession(subject.ada.id)
  await subject.adapter.createSession(session)
  const read = async (adapter) => (await adapter.getSessionAndUser(session.sessionToken))?.user
  return { ...subject, read }
}

/** @param {import('./conformance.mjs').Deployment} deployment */
export function snapshotsSuite(deployment) {
  describe('snapshots of users', { concurrency: 1 }, () => {
    test('spare the API while they are fresh, for every instance', async (t) => {
      const { adapter, other, sandbox, read } = await signedIn(t, deployment)
      await read(adapter)
      sandbox.clearRequests()
      sandbox.inject({ type: 'status', status: 503 })
      for (const it of [adapter, other, adapter])
        assert.equal((await read(it)).name, 'Ada Lovelace')
      assert.equal(sandbox.requests.length, 0)
    })

    test('are renewed after userCacheTtl', async (t) => {
      const { adapter, other, sandbox, read } = await signedIn(t, deployment, { userCacheTtl: 250 })
      await read(adapter)
      sandbox.clearRequests()
      await sleep(300)
      await read(other)
      assert.deepEqual(calls(sandbox), ['fetch'])
    })

    test('are not made with a userCacheTtl of 0', async (t) => {
      const subject = await signedIn(t, deployment, { userCacheTtl: 0 })
      const { adapter, other, sandbox, entries, read } = subject
      for (const it of [adapter, other, adapter]) await read(it)
      assert.equal(sandbox.requests.length, 3)
      if (deployment.keys) {
        assert.deepEqual(kinds(await entries()), { session: 1, 'sessions-of': 1 })
      }
    })

    test('never hide an update through another instance', async (t) => {
      const { adapter, other, ada, read } = await signedIn(t, deployment)
      for (const [writer, reader, name] of [
        [adapter, other, 'One'],
        [other, adapter, 'Two'],
        [adapter, other, 'Three'],
      ]) {
        await read(reader)
        await writer.updateUser({ id: ada.id, name })
        assert.equal((await read(reader)).name, name)
        assert.equal((await read(writer)).name, name)
      }
    })

    test('never hide a deletion through another instance', async (t) => {
      const { adapter, other, ada, read } = await signedIn(t, deployment)
      await read(other)
      await adapter.deleteUser(ada.id)
      assert.equal(await read(other), undefined)
    })

    // A server that is rolled out with another userCacheTtl runs beside the old ones for a while.
    test('never hide a change through an instance that makes none', async (t) => {
      const { adapter, connect, ada, read } = await signedIn(t, deployment)
      const without = connect({ userCacheTtl: 0 })
      await read(adapter)
      await without.updateUser({ id: ada.id, name: 'Countess' })
      assert.equal((await read(adapter)).name, 'Countess')
    })

    test('of a user who was fetched before a change and arrives after it are not kept', async (t) => {
      const { adapter, other, ada, sandbox, read } = await signedIn(t, deployment)
      const { reached, release } = hold(sandbox, { route: 'fetch', when: 'after' })
      const late = read(other)
      await reached()
      await adapter.updateUser({ id: ada.id, name: 'Countess' })
      release()
      assert.equal((await late).name, 'Ada Lovelace')
      for (const it of [other, adapter]) assert.equal((await read(it)).name, 'Countess')
    })

    test('of a user who was fetched before a deletion and arrives after it are not kept', async (t) => {
      const { adapter, other, ada, sandbox, peek, put } = await signedIn(t, deployment)
      const [session, revived] = [newSession(ada.id), newSession(ada.id)]
      await adapter.createSession(session)
      await adapter.createSession(revived)
      const digest = createHash('sha256').update(revived.sessionToken).digest('base64url')
      const record = await peek(`session:${digest}`)
      const { reached, release } = hold(sandbox, { route: 'fetch', when: 'after' })
      const late = other.getSessionAndUser(session.sessionToken)
      await reached()
      await adapter.deleteUser(ada.id)
      release()
      assert.equal((await late).user.name, 'Ada Lovelace')
      // As if nobody had deleted it, so that only the snapshot could let it live.
      await put(`session:${digest}`, record)
      for (const it of [other, adapter]) {
        assert.equal(await it.getSessionAndUser(revived.sessionToken), null)
      }
    })
  })
}
