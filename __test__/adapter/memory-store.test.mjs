import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { MemoryStore, Store } from '../../index.js'
import { startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { issueCode, newSession, redeem } from '../../testing/records.mjs'

const require = createRequire(import.meta.url)

/** A copy of the package that shares no JavaScript with this one, as a second bundle has it. */
function anotherCopy() {
  const root = require.resolve('../..').replace(/index\.js$/, '')
  const ours = Object.keys(require.cache).filter(
    (file) =>
      file.startsWith(root) && /^(?:index|native)\.js$|^lib[\\/]/.test(file.slice(root.length)),
  )
  const kept = ours.map((file) => [file, require.cache[file]])
  for (const file of ours) delete require.cache[file]
  try {
    return require('../..')
  } finally {
    for (const [file, module] of kept) require.cache[file] = module
  }
}

describe('MemoryStore', () => {
  test('keeps plain JSON data, and gives out copies', async () => {
    const store = new MemoryStore()
    for (const value of [
      1,
      'x',
      '',
      'null',
      '{"a":1}',
      false,
      [1],
      { a: { b: null } },
      '\ud83e\udd8a',
    ]) {
      await store.set('key', value)
      assert.deepEqual(await store.get('key'), value)
    }
    const value = { a: 1 }
    await store.set('key', value)
    value.a = 2
    const read = await store.get('key')
    read.a = 3
    assert.deepEqual(await store.get('key'), { a: 1 })
  })

  test('has null for what is not there', async () => {
    const store = new MemoryStore()
    assert.equal(await store.get('key'), null)
    await store.set('key', 1)
    await store.del('key')
    await store.del('key')
    assert.equal(await store.get('key'), null)
    assert.equal(store.size, 0)
  })

  // compareAndSet reads null as "no value"; set has to agree with it.
  test('takes null as no value', async () => {
    const store = new MemoryStore()
    await store.set('key', 1)
    await store.set('key', null)
    assert.equal(await store.get('key'), null)
    assert.equal(store.size, 0)
    await store.set('key', null)
    assert.equal(await store.compareAndSet('key', null, 1), true)
  })

  test('keeps a value for px milliseconds and counts only what is alive', async () => {
    const store = new MemoryStore()
    await store.set('short', 1, { px: 40 })
    await store.set('long', 2, { px: 60_000 })
    await store.set('endless', 3)
    await store.set('forever', 4, { px: Number.POSITIVE_INFINITY })
    await store.set('over', 5, { px: 0 })
    await store.set('past', 6, { px: -5 })
    assert.equal(store.size, 4)
    assert.equal(await store.get('short'), 1)
    await sleep(60)
    assert.equal(await store.get('short'), null)
    assert.equal(store.size, 3)
    assert.deepEqual(await Promise.all(['over', 'past', 'long'].map((it) => store.get(it))), [
      null,
      null,
      2,
    ])
  })

  test('a value that is set again has the new lifetime alone', async () => {
    const store = new MemoryStore()
    await store.set('key', 1, { px: 30 })
    await store.set('key', 2)
    await store.set('other', 1)
    await store.set('other', 2, { px: 30 })
    await sleep(50)
    assert.deepEqual([await store.get('key'), await store.get('other')], [2, null])
  })

  test('compareAndSet replaces only what was read', async () => {
    const store = new MemoryStore()
    assert.equal(await store.compareAndSet('key', { a: 1 }, 2), false)
    assert.equal(await store.compareAndSet('key', null, { a: 1 }), true)
    assert.equal(await store.compareAndSet('key', null, 2), false)
    assert.equal(await store.compareAndSet('key', { a: 1 }, 2, { px: 30 }), true)
    await sleep(50)
    assert.equal(await store.compareAndSet('key', 2, 3), false)
    assert.equal(await store.compareAndSet('key', null, 4), true)
    assert.equal(await store.compareAndSet('key', 4, null), true)
    assert.equal(store.size, 0)
  })

  test('of 100 compareAndSet at once one wins', async () => {
    const store = new MemoryStore()
    const wins = await Promise.all(
      Array.from({ length: 100 }, (_, n) => store.compareAndSet('key', null, n)),
    )
    assert.deepEqual(wins.filter(Boolean), [true])
    assert.equal(await store.get('key'), wins.indexOf(true))
  })

  test('clear removes every entry', async () => {
    const store = new MemoryStore()
    for (let n = 0; n < 1_000; n += 1) await store.set(`${n}`, n)
    assert.equal(store.size, 1_000)
    store.clear()
    assert.equal(store.size, 0)
  })

  test('no key means more than itself', async () => {
    const store = new MemoryStore()
    const keys = ['', '__proto__', 'constructor', 'a\0b', 'a', '*', 'é', 'k'.repeat(1_000_000)]
    for (const key of keys) await store.set(key, key.length)
    for (const key of keys) assert.equal(await store.get(key), key.length)
    assert.equal(store.size, keys.length)
  })

  test('is a Store, and shares nothing with another', async () => {
    const [one, other] = [new MemoryStore(), new MemoryStore()]
    assert.ok(one instanceof Store)
    await one.set('key', 1)
    assert.equal(await other.get('key'), null)
  })
})

describe('MemoryStore.shared', () => {
  test('is one store for each name', async () => {
    assert.equal(MemoryStore.shared(), MemoryStore.shared('default'))
    assert.notEqual(MemoryStore.shared('a'), MemoryStore.shared('b'))
    await MemoryStore.shared('a').set('key', 1)
    assert.equal(await MemoryStore.shared('b').get('key'), null)
    assert.ok(MemoryStore.shared('__proto__') instanceof MemoryStore)
    for (const name of [5, null, {}, ['a']])
      assert.throws(() => MemoryStore.shared(name), failure('ERR_INVALID_OPTION'))
  })

  test('is the same for another copy of the package', async () => {
    const copy = anotherCopy()
    assert.notEqual(copy.MemoryStore, MemoryStore)
    await MemoryStore.shared('copies').set('key', { from: 'here' })
    assert.deepEqual(await copy.MemoryStore.shared('copies').get('key'), { from: 'here' })
    copy.MemoryStore.shared('copies').clear()
    assert.equal(MemoryStore.shared('copies').size, 0)
  })

  test('is the same in a worker thread, and outlives it', async () => {
    await MemoryStore.shared('threads').set('key', 'from the main thread')
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
      const { MemoryStore } = require(workerData)
      const store = MemoryStore.shared('threads')
      store.get('key').then(async (seen) => {
        await store.set('answer', 'from the worker')
        parentPort.postMessage(seen)
      })`,
      { eval: true, workerData: require.resolve('../..') },
    )
    const seen = await new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    await worker.terminate()
    assert.equal(seen, 'from the main thread')
    assert.equal(await MemoryStore.shared('threads').get('answer'), 'from the worker')
  })

  test('a code made through one copy of the package is redeemed through another, once', async (t) => {
    const copy = anotherCopy()
    const { adapter, sandbox } = await startAdapter(t, { store: MemoryStore.shared('codes') })
    const other = copy.ChatBotKitPartnerAdapter({
      ...{ secret: sandbox.secret, baseUrl: sandbox.url },
      store: copy.MemoryStore.shared('codes'),
    })
    const code = await issueCode(adapter, ADA.email)
    const redeemed = await Promise.all([other, adapter, other].map((it) => redeem(it, code)))
    assert.equal(redeemed.filter(Boolean).length, 1)
  })

  test('a store of another copy of the package is as good as one’s own', async (t) => {
    const { adapter, store } = await startAdapter(t, { store: new (anotherCopy().MemoryStore)() })
    const code = await issueCode(adapter, ADA.email)
    assert.equal(store.size, 1)
    const redeemed = await Promise.all([1, 2, 3].map(() => redeem(adapter, code)))
    assert.equal(redeemed.filter(Boolean).length, 1)
  })

  // docs/nextjs.md tells what to do instead.
  test('has the clock of the machine, which a mocked Date does not reach', async (t) => {
    const { adapter, ada } = await startAdapter(t, {}, { users: [ADA] })
    const isFoundWith = async (mocked) => {
      t.mock.timers.enable(mocked)
      try {
        const { sessionToken } = await adapter.createSession(newSession(ada.id))
        return (await adapter.getSessionAndUser(sessionToken)) !== null
      } finally {
        t.mock.timers.reset()
      }
    }
    assert.equal(await isFoundWith({ apis: ['Date'], now: new Date('2020-01-01') }), false)
    assert.equal(await isFoundWith({ apis: ['setTimeout'] }), true)
  })
})
