'use strict'

const assert = require('node:assert/strict')
const { setTimeout: sleep } = require('node:timers/promises')

/** In milliseconds. */
const BRIEF = 500
const LATE = 1_500
const DAY = 86_400_000

/** Waits until a key has ended, which no store does to the millisecond. */
async function assertEnds(store, key) {
  const end = performance.now() + LATE
  while ((await store.get(key)) !== null) {
    assert.ok(performance.now() < end, `a value is there ${LATE} ms after px: ${BRIEF}`)
    await sleep(50)
  }
}

module.exports = [
  {
    name: 'lifetimes: a value ends after px milliseconds, and not before',
    async run(subject) {
      const [store, other] = [await subject.open(), await subject.open()]
      const key = subject.key('brief')
      const began = performance.now()
      await store.set(key, { a: 1 }, { px: BRIEF })
      const found = await other.get(key)
      // On a busy machine it may have ended by now.
      if (performance.now() - began < BRIEF) assert.deepEqual(found, { a: 1 })
      await sleep(BRIEF)
      await assertEnds(other, key)
      await store.set(key, { a: 2 })
      assert.deepEqual(await other.get(key), { a: 2 })
    },
  },
  {
    name: 'lifetimes: a value that is set without px, or with a longer one, stays',
    async run(subject) {
      const store = await subject.open()
      const [endless, longer] = [subject.key('endless'), subject.key('longer')]
      for (const key of [endless, longer]) await store.set(key, { a: 1 }, { px: BRIEF })
      await store.set(endless, { a: 2 })
      await store.set(longer, { a: 2 }, { px: 60_000 })
      await sleep(BRIEF * 2)
      for (const key of [endless, longer]) assert.deepEqual(await store.get(key), { a: 2 }, key)
    },
  },
  {
    // 2 ** 31 milliseconds are 25 days, and the ends of some sessions are years away.
    name: 'lifetimes: months, years and centuries are no overflow',
    async run(subject) {
      const store = await subject.open()
      const days = [30, 3_650, 36_500]
      for (const count of days) {
        await store.set(subject.key(`days-${count}`), { count }, { px: count * DAY })
      }
      await sleep(50)
      for (const count of days) {
        assert.deepEqual(await store.get(subject.key(`days-${count}`)), { count })
      }
    },
  },
  {
    name: 'lifetimes: what compareAndSet writes ends, or stays, as it says',
    async run(subject) {
      const store = await subject.open()
      if (!store.compareAndSet) return
      const [brief, endless] = [subject.key('brief'), subject.key('endless')]
      assert.equal(await store.compareAndSet(brief, null, { a: 1 }, { px: BRIEF }), true)
      await store.set(endless, { a: 1 }, { px: BRIEF * 2 })
      assert.equal(await store.compareAndSet(endless, { a: 1 }, { a: 2 }), true)
      await sleep(BRIEF)
      await assertEnds(store, brief)
      assert.equal(await store.compareAndSet(brief, { a: 1 }, { a: 2 }), false)
      assert.equal(await store.compareAndSet(brief, null, { a: 3 }), true)
      await sleep(BRIEF)
      assert.deepEqual(await store.get(endless), { a: 2 })
    },
  },
]
