import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { observe } from '../../../examples/opentelemetry/observe.mjs'
import { startAdapter, startApi } from '../../../testing/adapter.mjs'
import { ROOT } from '../../../testing/child.mjs'
import { ADA } from '../../../testing/people.mjs'

const DOCUMENT = readFileSync(join(ROOT, 'docs', 'observability.md'), 'utf8')

/** A tracer and a meter with the methods of OpenTelemetry's, which keep what they get. */
function telemetry() {
  const spans = []
  const points = []
  const tracer = {
    startSpan(name, options) {
      const span = { name, ...options, events: [], status: undefined, endTime: undefined }
      spans.push(span)
      return {
        addEvent: (event) => span.events.push(event),
        setStatus: (status) => {
          span.status = status
        },
        end: (time) => {
          span.endTime = time
        },
      }
    },
  }
  const instrument = (name) => {
    const take = (value, attributes) => points.push({ name, value, attributes })
    return { record: take, add: take }
  }
  const meter = { createHistogram: instrument, createCounter: instrument }
  const sum = (name) =>
    points.filter((it) => it.name === name).reduce((all, { value }) => all + value, 0)
  return { tracer, meter, spans, points, sum }
}

const start = (t, options) => startAdapter(t, options, { users: [ADA] })

const expires = new Date(2e12)

describe('the example for OpenTelemetry', () => {
  test('makes an outage a span with an error, which lasted as long as the call', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 1, retryDelay: 50 })
    const { spans, sum, points, ...to } = telemetry()
    t.after(observe(to))
    sandbox.inject({ type: 'status', status: 503 })
    await adapter.getUserByEmail('ada@example.com').catch(() => {})
    const [{ name, status, startTime, endTime, attributes }] = spans
    assert.equal(name, 'chatbotkit getUserByEmail')
    assert.deepEqual(status, { code: 2, message: 'ERR_API_UNAVAILABLE' })
    assert.equal(attributes['error.type'], 'ERR_API_UNAVAILABLE')
    assert.equal(attributes['chatbotkit.outcome'], 'error')
    assert.equal(attributes['chatbotkit.api.requests'], sandbox.requests.length)
    const [duration] = points.filter((it) => it.name === 'chatbotkit.nextauth.call.duration')
    assert.ok(Math.abs((endTime - startTime) / 1_000 - duration.value) < 0.001)
    assert.equal(sum('chatbotkit.nextauth.api.requests'), sandbox.requests.length)
  })

  test('makes a guessed code an event of its span and a count', async (t) => {
    const { adapter } = await start(t, { codeAttempts: 1 })
    const { spans, sum, ...to } = telemetry()
    t.after(observe(to))
    await adapter.createVerificationToken({ identifier: 'ada', token: 'x', expires })
    await adapter.useVerificationToken({ identifier: 'ada', token: 'wrong' })
    assert.deepEqual(
      spans.map(({ events }) => events),
      [[], ['CODES_VOIDED']],
    )
    assert.ok(spans.every(({ status }) => status === undefined))
    assert.equal(sum('chatbotkit.nextauth.notices'), 1)
    assert.equal(sum('chatbotkit.nextauth.store.calls'), 2)
  })

  test('shows no address, id or code', async (t) => {
    const { adapter } = await start(t)
    const { spans, points, ...to } = telemetry()
    t.after(observe(to))
    const code = { identifier: 'ada@example.com', token: 'code-secret', expires }
    await adapter.createVerificationToken(code)
    await adapter.useVerificationToken(code)
    const { id } = await adapter.getUserByEmail('ada@example.com')
    const text = JSON.stringify([spans, points])
    for (const secret of ['ada@', 'code-secret', id]) assert.ok(!text.includes(secret), text)
  })

  test('with a broken tracer fails no call, and ends when it is told to', async (t) => {
    const { adapter } = await start(t)
    t.mock.method(console, 'error', () => {})
    const { meter } = telemetry()
    const startSpan = t.mock.fn(() => {
      throw new Error('the fault of a tracer')
    })
    const stop = observe({ tracer: { startSpan }, meter })
    const { email } = await adapter.getUserByEmail('ada@example.com')
    assert.equal(email, 'ada@example.com')
    assert.equal(console.error.mock.callCount(), 1)
    stop()
    await adapter.getUserByEmail('eve@example.com')
    assert.equal(startSpan.mock.callCount(), 1)
  })
})

describe('docs/observability.md', () => {
  test('has an example that prints what it says it prints', async (t) => {
    const { options } = await startApi(t)
    const [, source] = /```js\n(import .*?)```/s.exec(DOCUMENT)
    const [, expected] = /prints something like\n\n```\n(.*?)```/s.exec(DOCUMENT)
    const args = ['--input-type=module', '-e', source]
    const own = { CHATBOTKIT_API_SECRET: options.secret, CHATBOTKIT_BASE_URL: options.baseUrl }
    const env = { ...process.env, ...own }
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })
    const withoutTimes = (text) => text.replace(/[\d.]+ ms/g, 'ms')
    assert.equal(withoutTimes(stdout), withoutTimes(expected))
  })

  test('describes every member of an event', () => {
    const types = readFileSync(join(ROOT, 'index.d.ts'), 'utf8')
    const [, event] = /interface ChatBotKitCallEvent \{(.*?)\n\}/s.exec(types)
    const members = [...event.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name)
    for (const name of members) {
      assert.ok(DOCUMENT.includes(`| \`${name}\` |`), `${name} is missing`)
    }
  })
})
