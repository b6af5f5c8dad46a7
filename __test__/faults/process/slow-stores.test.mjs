import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ALL_ON, startAdapter } from '../../../testing/adapter.mjs'
import { runWell } from '../../../testing/child.mjs'
import { settle } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { assertBounded } from './bounded.mjs'

// A store in JavaScript has 10 s for each call. Each of these tests waits for that in earnest, so
// they all run at once.

/**
 * When a call has to be over that met a silent store: its time for the turn of a record, which others
 * may hold who wait as well, its time for the call itself, and some. Milliseconds.
 */
const LIMIT = 23_000

async function start(t, store) {
  const options = { ...ALL_ON, store, userCacheTtl: 0 }
  const { adapter, ada } = await startAdapter(t, options, { users: [ADA] })
  return { adapter, id: ada.id }
}

function working(wait = () => {}) {
  const entries = new Map()
  return {
    async get(key) {
      await wait('get', key)
      return entries.get(key)
    },
    async set(key, value) {
      await wait('set', key)
      entries.set(key, value)
    },
    async del(key) {
      await wait('del', key)
      entries.delete(key)
    },
  }
}

const codeFor = (identifier) => ({ identifier, token: 'x', expires: new Date(2e12) })

describe('every method is over in time', { concurrency: true }, () => {
  test('while a store in JavaScript never answers', async (t) => {
    const { adapter, id } = await start(
      t,
      working(() => new Promise(() => {})),
    )
    await assertBounded(adapter, id, LIMIT)
  })

  test('while a store in JavaScript answers with a promise of a promise that never settles', async (t) => {
    const never = new Promise((resolve) => resolve(new Promise(() => {})))
    const { adapter, id } = await start(
      t,
      working(() => never),
    )
    await assertBounded(adapter, id, LIMIT)
  })

  // Somebody else was always faster: a record is read and written up to a hundred times.
  test('while a store in JavaScript refuses every change, and takes its time', async (t) => {
    const store = { ...working(() => sleep(150)), compareAndSet: () => sleep(150, false) }
    const { adapter, id } = await start(t, store)
    await assertBounded(adapter, id, LIMIT)
  })

  // The call waits for the store, the store for the closing, and the closing for the call.
  test('while its own store closes the adapter and waits for that', async (t) => {
    const own = {}
    const { adapter } = await start(
      t,
      working(() => own.adapter.close()),
    )
    own.adapter = adapter
    const began = performance.now()
    assert.equal(await settle(adapter.getSessionAndUser('x')), 'ERR_STORE_TIMEOUT')
    await adapter.close()
    assert.ok(performance.now() - began < LIMIT)
  })

  // The outer call holds the record's turn while the inner one, which it waits for, wants it.
  for (const operation of ['get', 'set']) {
    test(`while the store's ${operation} calls back into the adapter for the same record`, async (t) => {
      const identifier = `${operation}@example.com`
      const own = {}
      const store = working(async (name, key) => {
        if (name !== operation || own.inner || !key.includes(':codes:')) return
        own.inner = settle(own.adapter.createVerificationToken(codeFor(identifier)))
        await own.inner
      })
      const { adapter } = await start(t, store)
      own.adapter = adapter
      const began = performance.now()
      const outer = await settle(adapter.createVerificationToken(codeFor(identifier)))
      const elapsed = performance.now() - began
      const known = /^(resolved|ERR_STORE_TIMEOUT)$/
      assert.match(outer, known)
      assert.match(await own.inner, known)
      assert.ok(elapsed < LIMIT, `${elapsed} ms`)
      // And nothing is left locked.
      const after = await settle(adapter.createVerificationToken(codeFor(identifier)))
      assert.equal(after, 'resolved')
    })
  }

  test('while the store calls back into the adapter without an end', async (t) => {
    const own = { calls: 0 }
    const store = working(async () => {
      own.calls += 1
      await own.adapter.useVerificationToken(codeFor(`${own.calls}@example.com`))
    })
    const { adapter } = await start(t, store)
    own.adapter = adapter
    const began = performance.now()
    const found = await settle(adapter.useVerificationToken(codeFor('ada@example.com')))
    assert.equal(found, 'ERR_STORE_TIMEOUT')
    assert.ok(performance.now() - began < LIMIT)
    // The innermost calls end the others: nothing goes on without end.
    own.adapter = { useVerificationToken: async () => null }
    await adapter.close()
  })

  test('when a worker ended that held the turn of its record', async () => {
    const answer = await runWell(async (_, answer) => {
      const { once } = require('node:events')
      const { Worker } = require('node:worker_threads')
      const { ChatBotKitPartnerAdapter } = require('./index.js')
      const code = { identifier: 'ada', token: 'x', expires: new Date(2e12) }
      const worker = new Worker(
        `const { parentPort, workerData } = require('node:worker_threads')
        const { ChatBotKitPartnerAdapter } = require('./index.js')
        const set = () => new Promise(() => parentPort.postMessage('held'))
        ChatBotKitPartnerAdapter({ secret: 'x', store: { get() {}, set, del() {} } }).createVerificationToken(workerData)`,
        { eval: true, workerData: code },
      )
      await once(worker, 'message')
      const began = performance.now()
      // They wait for their turn already when the worker ends.
      const adapters = Array.from({ length: 5 }, () =>
        ChatBotKitPartnerAdapter({ secret: 'x', store: { get() {}, set() {}, del() {} } }),
      )
      const calls = adapters.map((it) =>
        it.createVerificationToken(code).then(
          () => 'resolved',
          ({ code }) => code,
        ),
      )
      await worker.terminate()
      answer({ outcomes: await Promise.all(calls), elapsed: performance.now() - began })
    })
    assert.deepEqual(answer.outcomes, Array(5).fill('resolved'))
    assert.ok(answer.elapsed < 5_000, `${answer.elapsed} ms`)
  })
})
