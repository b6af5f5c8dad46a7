import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { startSandbox } from '../../../testing/adapter.mjs'
import { run } from '../../../testing/child.mjs'
import { listenFor } from '../../../testing/listening.mjs'

const MEBIBYTE = 1024 * 1024
const GIBIBYTE = 1024 * MEBIBYTE

/** How much of an answer is read. */
const ANSWER_LIMIT = 8 * MEBIBYTE

/**
 * In a process of its own: looks up `count` people at once and answers with the outcomes and by
 * how many bytes the peak of the resident memory grew.
 */
async function lookUp({ options, count }, answer) {
  const { ChatBotKitPartnerAdapter, MemoryStore } = require('.')
  const adapter = ChatBotKitPartnerAdapter({ ...options, retries: 0, store: new MemoryStore() })
  // Everything that a first call needs is in memory after it.
  await adapter.getUserByEmail('warm@example.com')
  const peak = () => process.resourceUsage().maxRSS * 1024
  const before = peak()
  const calls = Array.from({ length: count }, (_, number) =>
    adapter.getUserByEmail(`person-${number}@example.com`).then(
      () => 'resolved',
      ({ code }) => code,
    ),
  )
  const codes = [...new Set(await Promise.all(calls))]
  answer({ codes, grown: peak() - before, before })
}

async function measure(t, baseUrl, secret, count) {
  const options = { baseUrl, secret, apiRoutes: 'partner', timeout: 30_000 }
  const { answer, stderr } = await run(lookUp, { input: { options, count } })
  assert.equal(stderr, '')
  const inMebibytes = (bytes) => Math.round(bytes / MEBIBYTE)
  t.diagnostic(
    `${t.name}: peak grew by ${inMebibytes(answer.grown)} MiB, from ${inMebibytes(answer.before)} MiB`,
  )
  return answer
}

/** An API whose first answer is an empty page, and each further one what `write` writes. */
async function startWriting(t, write) {
  let answered = 0
  const server = createServer((_, response) => {
    answered += 1
    if (answered === 1) response.end('{"items":[]}')
    else write(response)
  })
  return (await listenFor(t, server)).url
}

/** A JSON text that is just small enough to be read, and made of as many values as will go in. */
function crowded(value) {
  const [start, end] = ['{"items":[', `${value}]}`]
  const count = Math.floor((ANSWER_LIMIT - start.length - end.length) / (value.length + 1))
  return `${start}${`${value},`.repeat(count)}${end}`
}

describe('memory is bounded', () => {
  for (const [count, limit] of [
    [1, 64],
    [20, 320],
  ]) {
    test(`a gigabyte of body, ${count} at once`, async (t) => {
      const sandbox = await startSandbox(t)
      const huge = sandbox.inject({ type: 'huge', bytes: GIBIBYTE, after: 1 })
      const { codes, grown } = await measure(t, sandbox.url, sandbox.secret, count)
      assert.deepEqual(codes, ['ERR_API_RESPONSE'])
      assert.equal(huge.hits, count)
      assert.ok(grown < limit * MEBIBYTE, `${grown} bytes`)
    })
  }

  for (const [what, write] of Object.entries({
    'a gigabyte of an error’s body': (response) => {
      response.writeHead(500)
      writeForever(response)
    },
    'a gigabyte of a redirect’s body': (response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/' })
      writeForever(response)
    },
  })) {
    test(what, async (t) => {
      const baseUrl = await startWriting(t, write)
      const { codes, grown } = await measure(t, baseUrl, 'secret', 1)
      assert.deepEqual(codes, ['ERR_API_RESPONSE'])
      assert.ok(grown < 64 * MEBIBYTE, `${grown} bytes`)
    })
  }

  for (const [what, value, limit] of [
    ['one text', `"${'a'.repeat(ANSWER_LIMIT - 64)}"`, 64],
    ['numbers', '0', 256],
    ['empty lists', '[]', 256],
    ['empty objects', '{}', 256],
    ['objects with one field', '{"":0}', 512],
  ]) {
    test(`eight megabytes of ${what}`, async (t) => {
      const body = crowded(value)
      assert.ok(body.length <= ANSWER_LIMIT)
      const baseUrl = await startWriting(t, (response) => response.end(body))
      const { codes, grown } = await measure(t, baseUrl, 'secret', 1)
      assert.equal(codes.length, 1)
      assert.match(codes[0], /^(resolved|ERR_API_RESPONSE)$/)
      assert.ok(grown < limit * MEBIBYTE, `${grown} bytes`)
    })
  }

  test('pages without an end, a hundred people to each', async (t) => {
    const sandbox = await startSandbox(t)
    sandbox.inject({ type: 'endless-cursor', after: 1 })
    const { codes, grown } = await measure(t, sandbox.url, sandbox.secret, 10)
    assert.deepEqual(codes, ['ERR_API_RESPONSE'])
    assert.ok(grown < 64 * MEBIBYTE, `${grown} bytes`)
  })

  // What waits for a thread that is busy must not be joined: V8 ends the process at half a gigabyte.
  test('answers that together are larger than a text can be, while Node is busy', async (t) => {
    const text = 'a'.repeat(ANSWER_LIMIT - 1024)
    const server = createServer(({ url }, response) => {
      const id = url.split('/').at(-2)
      response.end(JSON.stringify({ id, email: `${id}@example.com`, meta: { text }, ...TIMES }))
    })
    const baseUrl = (await listenFor(t, server)).url
    const input = { options: { baseUrl, secret: 'secret', apiRoutes: 'partner' }, count: 70 }
    const { answer, code, stderr } = await run(lookUpWhileBusy, { input })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.deepEqual(answer, [text.length])
  })
})

const TIMES = { createdAt: 1_700_000_000_000, updatedAt: 1_700_000_000_000 }

/** Starts look-ups, does not let Node go on, and answers with the lengths of what they found. */
async function lookUpWhileBusy({ options, count }, answer) {
  const { ChatBotKitPartnerAdapter, MemoryStore } = require('.')
  const adapter = ChatBotKitPartnerAdapter({
    ...options,
    timeout: 30_000,
    store: new MemoryStore(),
  })
  await adapter.getUser('warm')
  const calls = Array.from({ length: count }, async (_, number) => {
    const { meta } = await adapter.getUser(`person-${number}`)
    return meta.text.length
  })
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000)
  answer([...new Set(await Promise.all(calls))])
}

function writeForever(response) {
  const chunk = Buffer.alloc(MEBIBYTE, ' ')
  let left = GIBIBYTE / MEBIBYTE
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1
      if (!response.write(chunk)) return response.once('drain', more)
    }
    response.end()
  }
  more()
}
