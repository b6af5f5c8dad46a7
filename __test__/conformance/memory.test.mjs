import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { MemoryStore } from '../../index.js'
import { all, newSession } from '../../testing/records.mjs'
import { eventually } from '../../testing/waiting.mjs'
import { conformance } from './conformance.mjs'
import { start } from './subject.mjs'
import { liveADay } from './suite-endings.mjs'

const shared = `conformance-${process.pid}`

// What is in a memory store cannot be listed, so its tests count entries instead.
conformance({
  name: 'a MemoryStore',
  createStore: () => MemoryStore.shared(shared),
  async close() {
    MemoryStore.shared(shared).clear()
  },
})

/** A memory store whose entries are one test's. */
async function startAlone(t, options) {
  const store = new MemoryStore()
  return { ...(await start(t, { createStore: () => store }, options)), store }
}

test('when all sessions and codes have ended a MemoryStore keeps what linked accounts need', async (t) => {
  const subject = await startAlone(t, { userCacheTtl: 1_000 })
  await liveADay(subject)
  // Two accounts, a passkey, two indices, and for some minutes the mark of somebody's deletion and the
  // record of a code that was redeemed.
  await eventually(() => assert.equal(subject.store.size, 7), 20_000)
})

test('a deletion leaves the marks of a change and of itself in a MemoryStore and nothing else', async (t) => {
  const { adapter, ada, store } = await startAlone(t)
  await all(20, () => adapter.createSession(newSession(ada.id)))
  assert.equal(store.size, 21)
  await adapter.deleteUser(ada.id)
  assert.equal(store.size, 2)
})

test('a session leaves a MemoryStore when it ends, and its index with it', async (t) => {
  const { adapter, ada, store } = await startAlone(t)
  await adapter.createSession(newSession(ada.id, 100))
  assert.equal(store.size, 2)
  await sleep(150)
  assert.equal(store.size, 0)
})
