import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, test } from 'node:test'
import { ALL_ON, startAdapter, startApi } from '../../../testing/adapter.mjs'
import { runWell } from '../../../testing/child.mjs'
import { settle } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { everyMethod, prepare } from './every-method.mjs'

const CHANNEL = 'chatbotkit:nextauth:call'

/** The events of all that `work` calls. */
async function eventsOf(work) {
  const events = []
  const listener = (event) => events.push(event)
  subscribe(CHANNEL, listener)
  try {
    await work()
  } finally {
    unsubscribe(CHANNEL, listener)
  }
  return events
}

async function start(t, options) {
  const all = { ...ALL_ON, userCacheTtl: 0, ...options }
  const { ada, ...started } = await startAdapter(t, all, { users: [ADA] })
  return { ...started, id: ada.id }
}

// Not at once: they share the channel.
describe('the event of a call', () => {
  test('comes once for each, with what it is documented to have and nothing else', async (t) => {
    const { adapter, id } = await start(t)
    await prepare(adapter, id)
    for (const [name, call] of Object.entries(everyMethod(id))) {
      const [event, ...others] = await eventsOf(() => settle(call(adapter)))
      assert.deepEqual(others, [], name)
      const { outcome, duration, apiRequests, storeCalls, notices, ...rest } = event
      assert.deepEqual(rest, { operation: name })
      assert.match(outcome, /^(ok|empty)$/)
      assert.ok(duration > 0 && duration < 10_000)
      assert.ok(Number.isInteger(apiRequests) && Number.isInteger(storeCalls))
      assert.ok(apiRequests + storeCalls > 0, name)
      assert.deepEqual(notices, [])
    }
  })

  test('tells what was found from what was not, and both from what failed', async (t) => {
    const { adapter, sandbox } = await start(t)
    const outcomes = await eventsOf(async () => {
      await adapter.getUserByEmail('ada@example.com')
      await adapter.getUserByEmail('eve@example.com')
      sandbox.inject({ type: 'status', status: 503 })
      await settle(adapter.getUserByEmail('bob@example.com'))
    })
    const told = outcomes.map(({ outcome, code, retryable }) => ({ outcome, code, retryable }))
    const nothing = { code: undefined, retryable: undefined }
    assert.deepEqual(told, [
      { outcome: 'ok', ...nothing },
      { outcome: 'empty', ...nothing },
      { outcome: 'error', code: 'ERR_API_UNAVAILABLE', retryable: true },
    ])
  })

  test('counts every request of an outage, retries included', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 3, retryDelay: 1, apiRoutes: 'partner' })
    sandbox.inject({ type: 'status', status: 503 })
    const [event] = await eventsOf(() => settle(adapter.getUserByEmail('ada@example.com')))
    assert.equal(event.apiRequests, 4)
    assert.equal(sandbox.requests.length, 4)
  })

  test('lasts as long as the call', async (t) => {
    const { adapter, sandbox } = await start(t)
    sandbox.inject({ type: 'slow-headers', delay: 200 })
    const began = performance.now()
    const [{ duration }] = await eventsOf(() => adapter.getUserByEmail('ada@example.com'))
    assert.ok(duration >= 195 && duration <= performance.now() - began, `${duration} ms`)
  })

  test('holds no secret, code, token or address, in peace and in an outage', async (t) => {
    const { adapter, sandbox, id } = await start(t)
    const text = JSON.stringify(
      await eventsOf(async () => {
        await prepare(adapter, id)
        for (const call of Object.values(everyMethod(id))) await settle(call(adapter))
        sandbox.inject({ type: 'status', status: 400, message: 'ada@example.com sandbox-secret' })
        for (const call of Object.values(everyMethod(id))) await settle(call(adapter))
      }),
    )
    for (const secret of ['ada@', 'example.com', 'sandbox-secret', '"code"', 'session"', id]) {
      // `code` is the name of a member as well, but never a value.
      const shown = secret === '"code"' ? text.includes(':"code"') : text.includes(secret)
      assert.ok(!shown, `${secret} in ${text}`)
    }
  })

  test('comes in the asynchronous context of its caller', async (t) => {
    const { adapter } = await start(t)
    const context = new AsyncLocalStorage()
    const seen = []
    const listener = () => seen.push(context.getStore())
    subscribe(CHANNEL, listener)
    t.after(() => unsubscribe(CHANNEL, listener))
    const call = (n) => context.run(n, () => adapter.getUserByEmail(`${n}@example.com`))
    await Promise.all(Array.from({ length: 20 }, (_, n) => call(n)))
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, n) => n),
    )
  })

  test('names what happened to codes that were guessed at', async (t) => {
    const { adapter } = await start(t, { codeAttempts: 1 })
    const code = { identifier: 'ada', token: 'x', expires: new Date(2e12) }
    await adapter.createVerificationToken(code)
    const wrong = { identifier: 'ada', token: 'wrong' }
    const [{ outcome, notices }] = await eventsOf(() => adapter.useVerificationToken(wrong))
    assert.deepEqual([outcome, notices], ['empty', ['CODES_VOIDED']])
  })

  test('reaches every listener of every copy of the package, worker threads apart', async (t) => {
    const { options } = await startApi(t)
    const operations = await runWell(
      async (options, answer) => {
        const { subscribe } = require('node:diagnostics_channel')
        const operations = []
        for (let n = 0; n < 2; n += 1) {
          subscribe('chatbotkit:nextauth:call', ({ operation }) => operations.push(operation))
        }
        for (let n = 0; n < 2; n += 1) {
          for (const file of Object.keys(require.cache)) delete require.cache[file]
          const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
          const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
          await adapter.getUserByEmail('ada@example.com')
        }
        answer(operations)
      },
      { input: options },
    )
    assert.deepEqual(operations, Array(4).fill('getUserByEmail'))
  })

  test('whose listener throws still leaves the caller with the result', async (t) => {
    const { options } = await startApi(t)
    const answer = await runWell(
      async (options, answer) => {
        const { subscribe } = require('node:diagnostics_channel')
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const uncaught = []
        // Node hands a listener's error to the process, as documented for the module.
        process.on('uncaughtException', ({ message }) => uncaught.push(message))
        subscribe('chatbotkit:nextauth:call', () => {
          throw new Error('the fault of a listener')
        })
        const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
        const { email } = await adapter.getUserByEmail('ada@example.com')
        setImmediate(() => answer({ email, uncaught }))
      },
      { input: options },
    )
    assert.deepEqual(answer, { email: 'ada@example.com', uncaught: ['the fault of a listener'] })
  })
})
