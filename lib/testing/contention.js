'use strict'

const { randomUUID } = require('node:crypto')

/** Whether this caller is the one who wrote the key. Each writes something else: what is there already may count as written. */
function claim(store, key) {
  return store.compareAndSet(key, null, { by: randomUUID() })
}

/** Adds one to a count, as often as it takes. */
async function increment(store, key) {
  for (;;) {
    const before = await store.get(key)
    const after = { count: (before?.count ?? 0) + 1, by: randomUUID() }
    if (await store.compareAndSet(key, before, after)) return
  }
}

module.exports = { claim, increment }
