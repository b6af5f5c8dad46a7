import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startApi } from '../../testing/adapter.mjs'
import { run, runWell } from '../../testing/child.mjs'

/** How long a process may linger that has nothing left to do, in milliseconds. */
const AT_ONCE = 2_000

const runClean = (script, options) => runWell(script, { within: AT_ONCE, ...options })

describe('a process ends by itself', { concurrency: true }, () => {
  test('after API calls, although connections are kept for the next ones', async (t) => {
    const { sandbox, options: input } = await startApi(t)
    await runClean(
      async (options, answer) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
        globalThis.kept = adapter
        await Promise.all(
          Array.from({ length: 20 }, (_, n) => adapter.getUserByEmail(`ada${n}@example.com`)),
        )
        answer('done')
      },
      { input },
    )
    assert.equal(sandbox.requests.length, 20)
  })

  test('with values in a memory store that end much later', async () => {
    await runClean(async (_, answer) => {
      const { MemoryStore } = require('./index.js')
      globalThis.kept = [new MemoryStore(), MemoryStore.shared()]
      for (const store of globalThis.kept) await store.set('key', 1, { px: 3_600_000 })
      answer('done')
    })
  })

  test('with a store in JavaScript, before and after it was called', async () => {
    for (const isUsed of [false, true]) {
      await runClean(
        async ({ isUsed }, answer) => {
          const { ChatBotKitPartnerAdapter } = require('./index.js')
          const entries = new Map()
          const store = {
            get: async (key) => entries.get(key),
            set: async (key, value) => void entries.set(key, value),
            del: async (key) => entries.delete(key),
          }
          globalThis.kept = ChatBotKitPartnerAdapter({ secret: 'x', store })
          if (!isUsed) return answer('made')
          const code = { identifier: 'ada', token: 'x', expires: new Date(Date.now() + 60_000) }
          await globalThis.kept.createVerificationToken(code)
          await globalThis.kept.useVerificationToken(code)
          answer('used')
        },
        { input: { isUsed } },
      )
    }
  })

  test('with process.exit in the midst of calls, and with the code that it was given', async (t) => {
    const { sandbox, options: input } = await startApi(t)
    sandbox.inject({ type: 'hang' })
    const child = await run(
      (options) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const stores = [new MemoryStore(), { get: () => new Promise(() => {}), set() {}, del() {} }]
        for (const store of stores) {
          const adapter = ChatBotKitPartnerAdapter({ ...options, store })
          const code = {
            identifier: 'ada@example.com',
            token: 'x',
            expires: new Date(Date.now() + 60_000),
          }
          for (let n = 0; n < 20; n += 1) {
            adapter.getUserByEmail('ada@example.com')
            adapter.createVerificationToken(code)
          }
        }
        setTimeout(() => process.exit(7), 100)
      },
      { input },
    )
    assert.deepEqual([child.code, child.signal, child.stderr], [7, null, ''])
  })
})

describe('a process lives', { concurrency: true }, () => {
  test('until a pending call settles', async (t) => {
    const { sandbox, options: input } = await startApi(t)
    sandbox.inject({ type: 'hang' })
    const answer = await runClean(
      (options, answer) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const store = new MemoryStore()
        const adapter = ChatBotKitPartnerAdapter({ ...options, store, timeout: 400, retries: 0 })
        adapter.getUser('cx').then(
          () => answer('resolved'),
          ({ code }) => answer(code),
        )
      },
      { input },
    )
    assert.equal(answer, 'ERR_API_TIMEOUT')
  })

  test('until a pending call of a store in JavaScript settles', async () => {
    const answer = await runClean((_, answer) => {
      const { ChatBotKitPartnerAdapter } = require('./index.js')
      // The timers keep nothing alive; the pending call has to.
      const slowly = () => new Promise((resolve) => setTimeout(resolve, 200).unref())
      const adapter = ChatBotKitPartnerAdapter({
        secret: 'x',
        store: { get: slowly, set: slowly, del: slowly },
      })
      const code = { identifier: 'ada', token: 'x', expires: new Date(Date.now() + 60_000) }
      adapter.createVerificationToken(code).then(({ identifier }) => answer(identifier))
    })
    assert.equal(answer, 'ada')
  })

  test('on while a call takes long: nothing waits on its thread', async (t) => {
    const { sandbox, options: input } = await startApi(t)
    sandbox.inject({ type: 'slow-headers', delay: 500 })
    const longest = await runClean(
      async (options, answer) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
        let longest = 0
        let latest = performance.now()
        const timer = setInterval(() => {
          longest = Math.max(longest, performance.now() - latest)
          latest = performance.now()
        }, 5)
        await Promise.all(
          Array.from({ length: 50 }, () => adapter.getUserByEmail('ada@example.com')),
        )
        clearInterval(timer)
        answer(longest)
      },
      { input },
    )
    assert.ok(longest < 300, `${longest} ms`)
  })

  test('on when a store throws, rejects late or is never asked again', async () => {
    const answer = await runClean(async (_, answer) => {
      const { ChatBotKitPartnerAdapter } = require('./index.js')
      process.on('unhandledRejection', () => process.exit(3))
      const fail = () => {
        throw new Error('x')
      }
      const thenable = (then) => Object.fromEntries([['then', then]])
      const stores = [
        { get: fail, set: fail, del: fail },
        { get: () => Promise.reject(new Error('x')), set() {}, del() {} },
        { get() {}, set: () => new Promise((_, reject) => setTimeout(reject, 20)), del() {} },
        { get: () => thenable(fail), set() {}, del() {} },
        { get: () => thenable((_, reject) => reject(5)), set() {}, del() {} },
      ]
      const codes = []
      for (const store of stores) {
        const adapter = ChatBotKitPartnerAdapter({ secret: 'x', store })
        const code = { identifier: 'ada', token: 'x', expires: new Date(Date.now() + 60_000) }
        codes.push(await adapter.createVerificationToken(code).catch((error) => error.code))
      }
      answer(codes)
    })
    assert.deepEqual(answer, Array(5).fill('ERR_STORE'))
  })
})
