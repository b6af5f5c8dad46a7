import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import clients from '../../lib/stores/clients/index.js'
import { anotherAdapter, startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { all, issueCode, redeem } from '../../testing/records.mjs'
import { clientFor, title } from './libraries.mjs'

const KEYVS = ['keyv-4', 'keyv-5', 'keyv']

/** A Map whose calls fail while it is down, as an adapter of Keyv whose database is away. */
function failingMap() {
  const rows = new Map()
  const state = { down: false }
  const call = (act) => async () => {
    if (state.down) throw new Error('the database is away')
    return act()
  }
  return {
    state,
    store: {
      opts: { url: '' },
      on() {},
      get: (key) => call(() => rows.get(key))(),
      set: (key, value) => call(() => void rows.set(key, value))(),
      delete: (key) => call(() => rows.delete(key))(),
      clear: () => call(() => rows.clear())(),
    },
  }
}

for (const library of KEYVS) {
  describe(`${title(library)} as a store`, () => {
    // Keyv 5 and 6 answer that there is nothing: a session would end, a code be wrong.
    test('whose database is away is an error, and not a store without entries', async (t) => {
      const { store: map, state } = failingMap()
      const keyv = await clientFor(t, library, { options: { store: map } })
      const { adapter } = await startAdapter(t, { store: keyv })
      const code = await issueCode(adapter, ADA.email)
      state.down = true
      for (const call of [() => redeem(adapter, code), () => issueCode(adapter, ADA.email)]) {
        const failed = await call().catch((error) => error)
        failure('ERR_STORE', { retryable: true })(failed)
        assert.match(failed.cause.message, /the database is away/)
      }
      const store = clients.storeOver(keyv)
      for (const call of [() => store.get('a'), () => store.set('a', 1), () => store.del('a')]) {
        await assert.rejects(call, /the database is away/)
      }
      state.down = false
      assert.deepEqual(await redeem(adapter, code), code)
    })

    test('keeps what has no end beyond the lifetime that is its own default', async (t) => {
      const keyv = await clientFor(t, library, { options: { ttl: 1 } })
      const store = clients.storeOver(keyv)
      await store.set('endless', { a: 1 })
      await new Promise((resolve) => setTimeout(resolve, 30))
      assert.equal(await store.get('endless'), '{"a":1}')
    })

    test('stays in its namespace, and gets no more listeners with more adapters', async (t) => {
      const rows = new Map()
      const keyv = await clientFor(t, library, { options: { store: rows, namespace: 'mine' } })
      const warned = once(process, 'warning')
      for (let count = 0; count < 20; count += 1) await startAdapter(t, { store: keyv })
      const { adapter } = await startAdapter(t, { store: keyv })
      await issueCode(adapter, ADA.email)
      for (const key of rows.keys()) assert.match(key, /^mine:/)
      const silence = new Promise((resolve) => setTimeout(resolve, 10, 'silence'))
      assert.equal(await Promise.race([warned, silence]), 'silence')
    })

    test('lets a code be used once in a process, by any number of adapters', async (t) => {
      const keyv = await clientFor(t, library)
      const { adapter, sandbox } = await startAdapter(t, { store: keyv })
      const other = anotherAdapter(sandbox, { store: keyv })
      const code = await issueCode(adapter, ADA.email)
      const used = await all(100, (n) => redeem(n % 2 ? other : adapter, code))
      assert.equal(used.filter(Boolean).length, 1)
    })
  })
}

describe(`${title('unstorage')} as a store`, () => {
  /** A driver that notes what it is told. */
  function notingDriver() {
    const rows = new Map()
    const told = []
    return {
      rows,
      told,
      driver: {
        name: 'noting',
        hasItem: (key) => rows.has(key),
        getItem: (key) => rows.get(key) ?? null,
        setItem(key, value, options) {
          told.push(options)
          rows.set(key, value)
        },
        removeItem: (key) => void rows.delete(key),
        getKeys: () => [...rows.keys()],
      },
    }
  }

  test('tells its driver lifetimes in seconds, and forgets what the driver does not', async (t) => {
    const { driver, rows, told } = notingDriver()
    const storage = await clientFor(t, 'unstorage', { options: { driver } })
    const store = clients.storeOver(storage)
    await store.set('a', { a: 1 }, { px: 1 })
    await store.set('b', { a: 1 }, { px: 61_500 })
    await store.set('c', { a: 1 })
    assert.deepEqual(
      told.map((options) => options?.ttl),
      [1, 62, undefined],
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(await store.get('a'), null)
    assert.deepEqual([...rows.keys()], ['b', 'c'])
  })

  test('uses the driver that is mounted at the beginning of its keys', async (t) => {
    const { driver, rows } = notingDriver()
    const storage = await clientFor(t, 'unstorage')
    storage.mount('chatbotkit:nextauth', driver)
    const { adapter } = await startAdapter(t, { store: storage })
    const code = await issueCode(adapter, ADA.email)
    assert.equal(rows.size, 1)
    assert.deepEqual(await redeem(adapter, code), code)
  })
})
