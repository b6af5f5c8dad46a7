'use strict'

const assert = require('node:assert/strict')
const { claim, increment } = require('./contention.js')

/** How many callers there are at once. */
const CROWD = 50

/** A test of a store that has compareAndSet; nothing to say of one that has not. */
function atomic(name, run) {
  return {
    name: `compareAndSet: ${name}`,
    async run(subject) {
      const stores = [await subject.open(), await subject.open()]
      if (stores[0].compareAndSet) await run(subject, ...stores)
    },
  }
}

module.exports = [
  atomic('writes what is not there yet', async (subject, store, other) => {
    const key = subject.key('new')
    assert.equal(await store.compareAndSet(key, { a: 0 }, { a: 1 }), false)
    assert.equal(await store.get(key), null)
    assert.equal(await store.compareAndSet(key, null, { a: 1 }), true)
    assert.equal(await other.compareAndSet(key, null, { a: 2 }), false)
    assert.deepEqual(await other.get(key), { a: 1 })
  }),
  atomic('replaces what was read and nothing else', async (subject, store, other) => {
    const key = subject.key('replaced')
    const value = { text: '"☕\\', 10: 1, 9: [null, 0.1], nested: { b: 1, a: 2 } }
    await store.set(key, value)
    assert.equal(await other.compareAndSet(key, { ...value, text: '' }, { a: 1 }), false)
    assert.equal(await other.compareAndSet(key, null, { a: 1 }), false)
    assert.deepEqual(await store.get(key), value)
    assert.equal(await other.compareAndSet(key, await other.get(key), { a: 1 }), true)
    assert.deepEqual(await store.get(key), { a: 1 })
  }),
  atomic('removes what was read and nothing else', async (subject, store, other) => {
    const key = subject.key('removed')
    await store.set(key, { a: 1 })
    assert.equal(await other.compareAndSet(key, { a: 2 }, null), false)
    assert.deepEqual(await store.get(key), { a: 1 })
    assert.equal(await other.compareAndSet(key, { a: 1 }, null), true)
    assert.equal(await store.get(key), null)
    assert.equal(await store.compareAndSet(key, null, { a: 3 }), true)
  }),
  atomic(`of ${CROWD} who write one key at once one succeeds`, async (subject, ...stores) => {
    const key = subject.key('claimed')
    const claims = Array.from({ length: CROWD }, (_, n) => claim(stores[n % 2], key))
    const won = (await Promise.all(claims)).filter(Boolean)
    assert.equal(won.length, 1, `${won.length} of ${CROWD} succeeded`)
  }),
  atomic(`of ${CROWD} who add one at once nobody's is lost`, async (subject, ...stores) => {
    const key = subject.key('counted')
    await Promise.all(Array.from({ length: CROWD }, (_, n) => increment(stores[n % 2], key)))
    assert.equal((await stores[0].get(key)).count, CROWD)
  }),
]
