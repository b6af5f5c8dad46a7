import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { storeTests, testStore } from '../../lib/testing/index.js'
import { failure } from '../../testing/outcomes.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'

/** A right store, to be spoilt. */
function rightStore(rows = new Map()) {
  const alive = (key) => {
    const row = rows.get(key)
    return row && row.end > Date.now() ? row : undefined
  }
  const store = {
    get: (key) => alive(key)?.text ?? null,
    set(key, value, { px = Number.POSITIVE_INFINITY } = {}) {
      rows.set(key, { text: JSON.stringify(value), end: Date.now() + px })
    },
    del: (key) => void rows.delete(key),
    compareAndSet(key, expected, value, options) {
      if ((store.get(key) ?? 'null') !== JSON.stringify(expected)) return false
      if (value === null) store.del(key)
      else store.set(key, value, options)
      return true
    },
  }
  return store
}

/** The names of the tests that a store fails. */
async function failed(options) {
  const names = []
  for (const { name, run } of storeTests(options)) {
    await run().catch((error) => {
      // What the adapter makes of such a store is a failure, too.
      const codes = ['ERR_ASSERTION', 'ERR_STORE', 'ERR_STORE_VALUE']
      assert.ok(codes.includes(error.code), `${name}: ${error.stack}`)
      names.push(name)
    })
  }
  return names
}

/** How stores go wrong, and which tests say so. */
const FAULTS = {
  'that folds case': [
    (store) => {
      for (const method of ['get', 'set', 'del', 'compareAndSet']) {
        const right = store[method]
        store[method] = (key, ...rest) => right(key.toLowerCase(), ...rest)
      }
    },
    /^keys: those/,
  ],
  'that cuts long keys off': [
    (store) => {
      const { get, set } = store
      store.get = (key) => get(key.slice(0, 128))
      store.set = (key, ...rest) => set(key.slice(0, 128), ...rest)
    },
    /^keys: long/,
  ],
  'that ignores lifetimes': [
    (store) => {
      const { set } = store
      store.set = (key, value) => set(key, value)
    },
    /^lifetimes: a value ends|^lifetimes: what compareAndSet/,
  ],
  'that takes seconds for milliseconds': [
    (store) => {
      const { set } = store
      store.set = (key, value, options) => set(key, value, options && { px: options.px * 1_000 })
    },
    /^lifetimes: a value ends|^lifetimes: what compareAndSet/,
  ],
  'whose timers overflow': [
    (store) => {
      const { set } = store
      store.set = (key, value, options) => set(key, value, options && { px: options.px | 0 })
    },
    /^lifetimes: months/,
  ],
  'that keeps an earlier lifetime': [
    (store) => {
      const { set } = store
      const ends = new Map()
      store.set = (key, value, { px } = {}) => {
        if (px) ends.set(key, Date.now() + px)
        const left = ends.has(key) ? Math.max(1, ends.get(key) - Date.now()) : undefined
        set(key, value, left && { px: left })
      }
    },
    /^lifetimes: (a value that is set without|what compareAndSet)/,
  ],
  'that merges': [
    (store) => {
      const { set } = store
      store.set = (key, value, options) =>
        set(key, { ...JSON.parse(store.get(key)), ...value }, options)
    },
    /^values: set replaces/,
  ],
  'that keeps what is beyond ASCII as question marks': [
    (store) => {
      const { get } = store
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what such a store does
      store.get = (key) => get(key)?.replace(/[^\x00-\x7f]/g, '?') ?? null
    },
    /^values: texts beyond ASCII/,
  ],
  'that answers with undefined to compareAndSet': [
    (store) => {
      const { compareAndSet } = store
      store.compareAndSet = (...args) => compareAndSet(...args) || undefined
    },
    /^compareAndSet: writes/,
  ],
  'that compares and sets in two steps': [
    (store) => {
      store.compareAndSet = async (key, expected, value, options) => {
        if ((store.get(key) ?? 'null') !== JSON.stringify(expected)) return false
        await nextTurn()
        if (value === null) store.del(key)
        else store.set(key, value, options)
        return true
      }
    },
    /^compareAndSet: of 50 who (write|add)/,
  ],
}

test('a right store fails no test', async () => {
  const store = rightStore()
  assert.deepEqual(await failed({ createStore: () => store }), [])
})

for (const [what, [spoil, expected]] of Object.entries(FAULTS)) {
  test(`a store ${what} fails the test that is about it`, async () => {
    const store = rightStore()
    spoil(store)
    const names = await failed({ createStore: () => store })
    assert.ok(
      names.some((name) => expected.test(name)),
      names.join('\n') || 'failed none',
    )
  })
}

test('a store without lifetimes fails none where it says so', async () => {
  const store = rightStore()
  const { set } = store
  store.set = (key, value) => set(key, value)
  assert.deepEqual(await failed({ createStore: () => store, lifetimes: false }), [])
})

test('a store that is atomic within a process only fails the tests of several', async () => {
  process.env.TEST_FILE = join(temporaryFolder('file-store'), 'rows.json')
  writeFileSync(process.env.TEST_FILE, '{}')
  const module = new URL('stores/file.mjs', import.meta.url)
  const names = await failed({ module, lifetimes: false })
  assert.ok(names.length > 0)
  for (const name of names) assert.match(name, /^processes: of two/)
})

test('a store without compareAndSet is told so where several processes are asked for', async () => {
  const module = new URL('stores/three-methods.mjs', import.meta.url)
  const name = 'processes: the store has compareAndSet'
  const { run } = storeTests({ module }).find((it) => it.name === name)
  await assert.rejects(run(), /atomic within one process only/)
})

test('options are checked', () => {
  for (const options of [
    undefined,
    {},
    { createStore: 5 },
    { module: 5 },
    { createStore() {}, lifetimes: 'no' },
    { createStore() {}, other: 1 },
  ]) {
    assert.throws(() => storeTests(options), failure('ERR_INVALID_OPTION'))
  }
  assert.throws(() => testStore(undefined, {}), failure('ERR_INVALID_OPTION'))
})
