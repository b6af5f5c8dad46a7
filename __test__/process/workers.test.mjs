import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startApi } from '../../testing/adapter.mjs'
import { runWell } from '../../testing/child.mjs'

describe('worker threads', { concurrency: true }, () => {
  test('each have their own adapters, and go and come', async (t) => {
    const { options: input } = await startApi(t)
    const answers = await runWell(
      async (options, answer) => {
        const { once } = require('node:events')
        const { Worker } = require('node:worker_threads')
        const source = `
        const { parentPort, workerData } = require('node:worker_threads')
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const adapter = ChatBotKitPartnerAdapter({ ...workerData, store: new MemoryStore() })
        adapter.getUserByEmail('ada@example.com').then(({ email }) => parentPort.postMessage(email))`
        const answers = []
        // In generations: what one leaves behind must not be missed by the next.
        for (let generation = 0; generation < 4; generation += 1) {
          const workers = Array.from(
            { length: 4 },
            () => new Worker(source, { eval: true, workerData: options }),
          )
          for (const [email] of await Promise.all(workers.map((it) => once(it, 'message'))))
            answers.push(email)
          await Promise.all(workers.map((it) => it.terminate()))
        }
        answer(answers)
      },
      { input },
    )
    assert.deepEqual(answers, Array(16).fill('ada@example.com'))
  })

  test('that end in the midst of calls take nothing along', async (t) => {
    const { sandbox, options: input } = await startApi(t)
    sandbox.inject({ type: 'hang', match: ({ query }) => query.email === 'hang@example.com' })
    const answer = await runWell(
      async (options, answer) => {
        const { once } = require('node:events')
        const { Worker } = require('node:worker_threads')
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const source = `
        const { parentPort, workerData } = require('node:worker_threads')
        const { setTimeout: sleep } = require('node:timers/promises')
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const slow = { get: () => sleep(5), set: () => sleep(5), del: () => sleep(5) }
        const stores = [new MemoryStore(), MemoryStore.shared('workers'), slow]
        const adapters = stores.map((store) => ChatBotKitPartnerAdapter({ ...workerData, store }))
        const code = { identifier: 'hang@example.com', token: 'x', expires: new Date(Date.now() + 60000) }
        for (const adapter of adapters) adapter.getUserByEmail(code.identifier)
        const go = () => {
          for (let n = 0; n < 100; n += 1) {
            stores[n % 2].get('key')
            adapters[n % 3].createVerificationToken(code)
          }
          setImmediate(go)
        }
        go()
        parentPort.postMessage('busy')`
        for (let generation = 0; generation < 5; generation += 1) {
          const workers = Array.from(
            { length: 4 },
            () => new Worker(source, { eval: true, workerData: options }),
          )
          await Promise.all(workers.map((it) => once(it, 'message')))
          await new Promise((resolve) => setTimeout(resolve, generation * 3))
          await Promise.all(workers.map((it) => it.terminate()))
        }
        const adapter = ChatBotKitPartnerAdapter({
          ...options,
          store: MemoryStore.shared('workers'),
        })
        answer((await adapter.getUserByEmail('ada@example.com')).email)
      },
      { input },
    )
    assert.equal(answer, 'ada@example.com')
  })

  test('that ended while they held the turn of a key do not keep it', async () => {
    const answer = await runWell(async (_, answer) => {
      const { once } = require('node:events')
      const { Worker } = require('node:worker_threads')
      const { ChatBotKitPartnerAdapter } = require('./index.js')
      const code = { identifier: 'ada', token: 'x', expires: new Date(Date.now() + 60_000) }
      const worker = new Worker(
        `const { parentPort, workerData } = require('node:worker_threads')
        const { ChatBotKitPartnerAdapter } = require('./index.js')
        // Never answers: the turn is taken when set is called.
        const set = () => new Promise(() => parentPort.postMessage('held'))
        ChatBotKitPartnerAdapter({ secret: 'x', store: { get() {}, set, del() {} } }).createVerificationToken(workerData)`,
        { eval: true, workerData: code },
      )
      await once(worker, 'message')
      await worker.terminate()
      const began = performance.now()
      await ChatBotKitPartnerAdapter({
        secret: 'x',
        store: { get() {}, set() {}, del() {} },
      }).createVerificationToken(code)
      answer(performance.now() - began)
    })
    assert.ok(answer < 11_000, `${answer} ms`)
  })
})
