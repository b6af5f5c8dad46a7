import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newSession } from '../../testing/records.mjs'
import { conformance } from './conformance.mjs'
import {
  AtomicStore,
  Database,
  javascriptDeployment,
  ThreeMethodStore,
} from './javascript-deployment.mjs'
import { start } from './subject.mjs'

conformance(
  javascriptDeployment('a Store in JavaScript', ThreeMethodStore),
  javascriptDeployment('a Store in JavaScript with compareAndSet', AtomicStore),
)

/** A database whose next snapshot is under way until it is let go. */
class HeldStore extends ThreeMethodStore {
  reached = deferred()
  released = deferred()

  async set(key, value, options) {
    if (value.encrypted && this.reached) {
      this.reached.resolve()
      this.reached = undefined
      await this.released.promise
    }
    return super.set(key, value, options)
  }
}

function deferred() {
  const parts = {}
  parts.promise = new Promise((resolve) => {
    parts.resolve = resolve
  })
  return parts
}

// Without compareAndSet a snapshot is compared and then set, and a change may come in between.
test('a snapshot that a slow Store is about to keep never hides a change', async (t) => {
  const store = new HeldStore(new Database())
  const { adapter, other, ada } = await start(t, { createStore: () => store })
  const { sessionToken } = await adapter.createSession(newSession(ada.id))
  const { promise: reached } = store.reached
  const late = other.getSessionAndUser(sessionToken)
  await reached
  const change = adapter.updateUser({ id: ada.id, name: 'Countess' })
  // Long enough for the change to end, unless it waits for the snapshot.
  await Promise.race([change, sleep(500)])
  store.released.resolve()
  await Promise.all([late, change])
  for (const it of [adapter, other]) {
    assert.equal((await it.getSessionAndUser(sessionToken)).user.name, 'Countess')
  }
})
