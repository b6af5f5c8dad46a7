import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ChatBotKitError, ChatBotKitPartnerAdapter } from '../../../index.js'
import { runWell } from '../../../testing/child.mjs'

const codeFor = (identifier) => ({ identifier, token: 'x', expires: new Date(2e12) })

/** What a store can throw, or reject with. */
const revoked = Proxy.revocable({}, {})
revoked.revoke()
const THROWN = {
  nothing: undefined,
  null: null,
  'a text': 'fault',
  'a symbol': Symbol('fault'),
  'a BigInt': 1n,
  'a function': () => {},
  'a frozen object': Object.freeze({}),
  'an object without a prototype': Object.create(null),
  'a revoked proxy': revoked.proxy,
  'an error of ours': new ChatBotKitError('ERR_INTERNAL', 'not so'),
  'an object whose members throw': {
    get message() {
      throw new Error('message')
    },
    get code() {
      throw new Error('code')
    },
  },
}

describe('a store in JavaScript that throws', () => {
  for (const [name, thrown] of Object.entries(THROWN)) {
    test(`${name} is a store that failed, and the next call works`, async () => {
      const fail = {
        throws: () => {
          throw thrown
        },
        rejects: () => Promise.reject(thrown),
      }
      for (const get of Object.values(fail)) {
        const store = { get, set() {}, del() {} }
        const adapter = ChatBotKitPartnerAdapter({ secret: 'x', store })
        const error = await adapter.createVerificationToken(codeFor('ada')).catch((it) => it)
        assert.ok(error instanceof ChatBotKitError)
        assert.equal(error.code, 'ERR_STORE')
        assert.ok(Object.is(error.cause, thrown))
        store.get = () => null
        await adapter.createVerificationToken(codeFor('ada'))
      }
    })
  }
})

const deep = (depth) => '['.repeat(depth) + ']'.repeat(depth)

/** What a store can answer to get. */
const ANSWERS = {
  'a text of 32 MiB': () => JSON.stringify('x'.repeat(32 * 2 ** 20)),
  'a text nested a million deep': () => deep(1_000_000),
  'an object nested fifty thousand deep': () => {
    let value = {}
    for (let n = 0; n < 50_000; n += 1) value = { value }
    return value
  },
  'a number beyond all numbers': () => '1e999',
  'an endless decimal': () => `0.${'1'.repeat(100_000)}`,
  'texts that are half a character': () => ['\ud800', { codes: ['\udc00'] }],
  'a NUL': () => '"\\u0000"',
  'a member called __proto__': () => '{"__proto__":{"codes":1},"constructor":null}',
  'members twice': () => '{"codes":[],"codes":{}}',
  'a proxy that lies': () => new Proxy({}, { ownKeys: () => ['a', 'a'], get: () => 1 }),
  'an object that is JSON only once': () => {
    let count = 0
    return {
      toJSON() {
        count += 1
        if (count > 1) throw new Error('twice')
        return {}
      },
    }
  },
  'a typed array': () => new Float64Array(1_000),
  'a shared buffer': () => new SharedArrayBuffer(8),
  'a thenable that settles twice': () => ({
    // biome-ignore lint/suspicious/noThenProperty: it is the fault
    then(resolve, reject) {
      resolve('{}')
      resolve('[]')
      reject(new Error('late'))
    },
  }),
  'a thenable whose then throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: it is the fault
    get then() {
      throw new Error('fault')
    },
  }),
}

describe('a store in JavaScript that answers with', () => {
  for (const [name, answer] of Object.entries(ANSWERS)) {
    test(`${name} fails no more than its own call`, async () => {
      const store = { get: answer, set() {}, del() {} }
      const adapter = ChatBotKitPartnerAdapter({
        store,
        secret: 'x',
        baseUrl: 'http://127.0.0.1:9',
      })
      for (const call of [
        () => adapter.createVerificationToken(codeFor(name)),
        () => adapter.useVerificationToken(codeFor(name)),
        () => adapter.getSessionAndUser(name),
        () => adapter.getAuthenticator(name),
        () => adapter.deleteSession(name),
      ]) {
        const error = await call().then(
          () => undefined,
          (it) => it,
        )
        if (error !== undefined)
          assert.match(error.code, /^ERR_(STORE|RECORD_SEALED)/, error.message)
      }
      store.get = () => null
      await adapter.createVerificationToken(codeFor(name))
    })
  }
})

test('a store whose methods vanish after the adapter was made has failed, and no more', async () => {
  const store = { get() {}, set() {}, del() {} }
  const adapter = ChatBotKitPartnerAdapter({ secret: 'x', store })
  store.get = undefined
  const error = await adapter.getSessionAndUser('x').catch((it) => it)
  assert.equal(error.code, 'ERR_STORE')
})

test('a store that keeps Node’s thread busy delays its calls and loses none', async () => {
  const block = () => {
    const end = performance.now() + 20
    while (performance.now() < end);
  }
  const adapter = ChatBotKitPartnerAdapter({
    secret: 'x',
    store: { get: block, set: block, del: block },
  })
  const codes = Array.from({ length: 20 }, (_, n) => codeFor(`busy ${n}`))
  const kept = await Promise.all(codes.map((it) => adapter.createVerificationToken(it)))
  assert.deepEqual(kept, codes)
})

test('a store that calls back into the adapter for other records gets its answers', async () => {
  const entries = new Map()
  const own = { depth: 0 }
  const inner = async () => {
    if (own.depth > 0) return
    own.depth += 1
    await own.adapter.createVerificationToken(codeFor(`inner ${Math.random()}`))
    own.depth -= 1
  }
  const store = {
    get: async (key) => inner().then(() => entries.get(key)),
    set: async (key, value) => inner().then(() => void entries.set(key, value)),
    del: async (key) => inner().then(() => entries.delete(key)),
  }
  own.adapter = ChatBotKitPartnerAdapter({ secret: 'x', store })
  const began = performance.now()
  await own.adapter.createVerificationToken(codeFor('outer'))
  assert.ok(performance.now() - began < 2_000)
  assert.ok(entries.size >= 2)
})

test('stores that throw fifty thousand times leave nothing behind', async () => {
  const sizes = await runWell(
    async (_, answer) => {
      const { ChatBotKitPartnerAdapter } = require('./index.js')
      const { measure } = await import('./__test__/faults/process/measures.mjs')
      const get = () => {
        throw new Error('x'.repeat(1_000))
      }
      const adapter = ChatBotKitPartnerAdapter({ store: { get, set() {}, del() {} } })
      const round = async () => {
        for (let n = 0; n < 4; n += 1) {
          const calls = Array.from({ length: 1_000 }, () => adapter.getSessionAndUser('x'))
          await Promise.allSettled(calls)
        }
        return measure()
      }
      const sizes = []
      for (let n = 0; n < 12; n += 1) sizes.push((await round()).megabytes)
      answer(sizes)
    },
    { flags: ['--expose-gc'] },
  )
  // What they threw takes 4 MiB each time. The first times warm the allocator up, and it goes up and
  // down by several; between the next four and the four after them, on average, there would be 16 MiB.
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const grown = mean(sizes.slice(8)) - mean(sizes.slice(4, 8))
  assert.ok(grown < 8, `${sizes} MiB`)
})
