import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ChatBotKitPartnerAdapter, MemoryStore, Store } from '../../index.js'
import { startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { issueCode, newCode, redeem } from '../../testing/records.mjs'
import { mapStore } from '../../testing/stores.mjs'

/** The ways in which clients keep and give out values. */
const CLIENTS = {
  'synchronous, values as they are': () => mapStore(),
  'asynchronous, JSON texts': () => {
    const entries = new Map()
    return {
      get: async (key) => entries.get(key) ?? null,
      set: async (key, value) => void entries.set(key, JSON.stringify(value)),
      del: async (key) => entries.delete(key),
    }
  },
  'a class with private members, members in another order': () => {
    class Database extends Store {
      #rows = new Map()
      async get(key) {
        const value = this.#rows.get(key)
        return value && Object.fromEntries(Object.entries(value).reverse())
      }
      async set(key, value) {
        this.#rows.set(key, structuredClone(value))
        return 'OK'
      }
      async del(key) {
        return this.#rows.delete(key) ? 1 : 0
      }
    }
    return new Database()
  },
  'a proxy, as some clients are': () => new Proxy(CLIENTS['asynchronous, JSON texts'](), {}),
  'with compareAndSet': () => {
    const store = CLIENTS['asynchronous, JSON texts']()
    store.compareAndSet = async (key, expected, value) => {
      if (((await store.get(key)) ?? 'null') !== JSON.stringify(expected)) return false
      await (value === null ? store.del(key) : store.set(key, value))
      return true
    }
    return store
  },
}

const working = CLIENTS['synchronous, values as they are']

describe('a store in JavaScript', () => {
  for (const [name, makeClient] of Object.entries(CLIENTS)) {
    test(`${name}: keeps codes`, async (t) => {
      const { adapter } = await startAdapter(t, { store: makeClient() })
      const code = await issueCode(adapter, ADA.email)
      assert.equal(await redeem(adapter, newCode(ADA.email)), null)
      assert.deepEqual(await redeem(adapter, code), code)
      assert.equal(await redeem(adapter, code), null)
    })
  }

  test('is called with this, and with values that are plain data', async (t) => {
    const seen = []
    const store = working()
    const inner = store.set
    store.set = function set(key, value, options) {
      assert.equal(this, store)
      seen.push([typeof key, Object.getPrototypeOf(value), Object.keys(options)])
      return inner(key, value, options)
    }
    const { adapter } = await startAdapter(t, { store })
    await adapter.createVerificationToken(newCode(ADA.email))
    assert.deepEqual(seen, [['string', Object.prototype, ['px']]])
  })

  test('without get, set or del is refused, and the message names what is missing', () => {
    const { get, set, del } = working()
    for (const [store, missing] of [
      [{ get, set }, 'del()'],
      [{ get, del }, 'set(key'],
      [{ set, del }, 'get()'],
      [{ get, set, del: 'x' }, 'del()'],
      [new Map(), 'del()'],
      [5, 'get()'],
      ['redis://x', 'get()'],
      [true, 'get()'],
      [[], 'get()'],
    ]) {
      const message = new RegExp(missing.slice(0, 3))
      const refused = failure('ERR_INVALID_OPTION', { message })
      assert.throws(() => ChatBotKitPartnerAdapter({ store }), refused, missing)
    }
  })

  test('that does not implement a method of Store says which', async (t) => {
    const { adapter } = await startAdapter(t, { store: new Store() })
    const create = adapter.createVerificationToken(newCode(ADA.email))
    await assert.rejects(create, (error) => {
      failure('ERR_STORE')(error)
      return /get\(key\)/.test(error.cause.message)
    })
  })

  test('what it threw is the cause, by identity, whatever it is', async (t) => {
    const thrown = [
      new Error('x'),
      Object.freeze({}),
      'text',
      0,
      null,
      undefined,
      Symbol('s'),
      () => {},
    ]
    for (const method of ['get', 'set', 'compareAndSet']) {
      for (const isAsync of [true, false]) {
        for (const it of thrown) {
          const fail = () => {
            if (isAsync) return Promise.reject(it)
            throw it
          }
          const { adapter } = await startAdapter(t, { store: { ...working(), [method]: fail } })
          const error = await adapter.createVerificationToken(newCode(ADA.email)).catch((e) => e)
          failure('ERR_STORE', { operation: 'createVerificationToken', retryable: true })(error)
          assert.ok('cause' in error && error.cause === it, `${method} ${String(it)}`)
        }
      }
    }
  })

  test('callers who share a failed look-up all have its cause', async (t) => {
    const thrown = new Error('the store is down')
    const store = { get: () => Promise.reject(thrown), set() {}, del() {} }
    const { adapter } = await startAdapter(t, { store })
    const account = { provider: 'p', providerAccountId: '1' }
    const calls = Array.from({ length: 5 }, () => adapter.getUserByAccount(account))
    for (const { reason } of await Promise.allSettled(calls)) assert.equal(reason.cause, thrown)
  })

  test('each of many calls at once has its own cause', async (t) => {
    const store = working()
    let count = 0
    store.get = async () => {
      count += 1
      const own = { number: count }
      await sleep(Math.random() * 5)
      throw own
    }
    const { adapter } = await startAdapter(t, { store })
    const errors = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        adapter.createVerificationToken(newCode(`user${n}`)).catch((error) => error),
      ),
    )
    const numbers = new Set(errors.map(({ cause }) => cause.number))
    assert.equal(numbers.size, 500)
  })

  test('that fails once does not fail again', async (t) => {
    const store = working()
    const { get } = store
    store.get = () => {
      store.get = get
      throw new Error('once')
    }
    const { adapter } = await startAdapter(t, { store })
    const code = newCode(ADA.email)
    await assert.rejects(adapter.createVerificationToken(code), failure('ERR_STORE'))
    await adapter.createVerificationToken(code)
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('may call the adapter from within', async (t) => {
    const store = working()
    const started = await startAdapter(t, { store }, { users: [ADA] })
    const { get } = store
    store.get = async (key) => {
      // Which reads from the store as well.
      if (key.includes('codes:')) await started.adapter.getUserByEmail(ADA.email)
      return get(key)
    }
    const code = newCode(ADA.email)
    await started.adapter.createVerificationToken(code)
    assert.deepEqual(await redeem(started.adapter, code), code)
  })
})

describe('a subclass of MemoryStore', () => {
  test('that overrides get is asked', async (t) => {
    const asked = []
    class Watched extends MemoryStore {
      get(key) {
        asked.push(key)
        return super.get(key)
      }
    }
    const { adapter } = await startAdapter(t, { store: new Watched() })
    const code = await issueCode(adapter, ADA.email)
    assert.deepEqual(await redeem(adapter, code), code)
    // Under the lock by each call, to see that the record is what it is taken for.
    assert.equal(asked.filter((key) => key.includes('codes:')).length, 2)
  })

  // The inherited compareAndSet knows nothing of what get and set were made to do.
  test('that moves every key keeps codes', async (t) => {
    class Tenant extends MemoryStore {
      get(key) {
        return super.get(`tenant:${key}`)
      }
      set(key, value, options) {
        return super.set(`tenant:${key}`, value, options)
      }
      del(key) {
        return super.del(`tenant:${key}`)
      }
    }
    const { adapter } = await startAdapter(t, { store: new Tenant() })
    const code = await issueCode(adapter, ADA.email)
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('that overrides nothing is a memory store', async (t) => {
    class Named extends MemoryStore {}
    const { adapter, store } = await startAdapter(t, { store: new Named() })
    const code = await issueCode(adapter, ADA.email)
    assert.equal(store.size, 1)
    assert.deepEqual(await redeem(adapter, code), code)
  })
})
