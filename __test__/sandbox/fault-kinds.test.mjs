import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { hold } from '../../testing/waiting.mjs'
import {
  assertError,
  call,
  create,
  current,
  emails,
  SECRET,
  send,
  start,
  USERS,
} from './fresh-sandbox.mjs'

describe('faults', () => {
  const list = (query = '') => send(`${USERS}/list${query}`)

  test('status answers the error body, with the code of its status unless told', async () => {
    current.sandbox.inject({
      type: 'status',
      status: 429,
      headers: { 'retry-after': '1' },
      times: 1,
    })
    const answer = await call(`${USERS}/list`)
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.equal(answer.headers.get('x-failure-code'), null)
    await assertError(answer, 429, 'TOO_MANY_REQUESTS')
    current.sandbox.inject({ type: 'status', status: 402, message: 'no' })
    await assertError(call(`${USERS}/list`), 402, 'NO_SUBSCRIPTION', 'no')
  })

  test('headers are sent along', async () => {
    const headers = { 'x-failure-code': 'LIMITS_REACHED' }
    current.sandbox.inject({ type: 'status', status: 429, code: 'LIMITS_REACHED', headers })
    const answer = await create({})
    assert.equal(answer.headers.get('x-failure-code'), 'LIMITS_REACHED')
    await assertError(answer, 429, 'LIMITS_REACHED')
  })

  test('every documented status has its documented code', async () => {
    const codes = {
      400: 'BAD_REQUEST',
      401: 'NOT_AUTHENTICATED',
      402: 'NO_SUBSCRIPTION',
      403: 'NOT_AUTHORIZED',
      404: 'NOT_FOUND',
      405: 'METHOD_NOT_ALLOWED',
      408: 'TIMEOUT',
      409: 'CONFLICT',
      422: 'UNPROCESSABLE_ENTITY',
      429: 'TOO_MANY_REQUESTS',
      500: 'INTERNAL_SERVER_ERROR',
    }
    for (const [status, code] of Object.entries(codes)) {
      current.sandbox.inject({ type: 'status', status: Number(status), times: 1 })
      await assertError(call(`${USERS}/list`), Number(status), code)
    }
    current.sandbox.inject({ type: 'status', status: 500, code: 'GENERIC_ERROR' })
    await assertError(call(`${USERS}/list`), 500, 'GENERIC_ERROR')
  })

  test('html answers as a gateway does', async () => {
    current.sandbox.inject({ type: 'html' })
    const response = await list()
    assert.equal(response.status, 502)
    assert.match(response.headers.get('content-type'), /^text\/html/)
    assert.match(await response.text(), /<html>/)
  })

  test('error200 answers 200 JSON with message and code and no items', async () => {
    current.sandbox.inject({ type: 'error200' })
    await assertError(call(`${USERS}/list`), 200, 'TIMEOUT')
  })

  test('hang never answers, and shows as such in the log', async () => {
    const fault = current.sandbox.inject({ type: 'hang' })
    await assert.rejects(send(`${USERS}/list`, { signal: AbortSignal.timeout(100) }))
    assert.equal(fault.hits, 1)
    assert.deepEqual(
      [current.sandbox.requests[0].fault, current.sandbox.requests[0].status],
      ['hang', null],
    )
  })

  test('slow-headers holds the head back, and a peer that leaves first applies nothing', async () => {
    current.sandbox.inject({ type: 'slow-headers', delay: 100 })
    const before = performance.now()
    assert.equal((await create({ email: 'a@b.co' })).status, 200)
    assert.ok(performance.now() - before >= 95)
    current.sandbox.clearFaults()
    current.sandbox.inject({ type: 'slow-headers', delay: 400 })
    const signal = AbortSignal.timeout(30)
    await assert.rejects(send(`${USERS}/create`, { body: { email: 'c@d.co' }, signal }))
    await sleep(450)
    assert.equal(current.sandbox.users.findByEmail('c@d.co'), null)
  })

  test('held waits for its promise, and a peer that leaves first applies nothing', async () => {
    const { reached, release } = hold(current.sandbox, { route: 'create' })
    const made = create({ email: 'a@b.co' })
    await reached()
    assert.equal(current.sandbox.users.findByEmail('a@b.co'), null)
    release()
    assert.equal((await made).status, 200)
    assert.notEqual(current.sandbox.users.findByEmail('a@b.co'), null)

    const other = hold(current.sandbox, { route: 'create' })
    const leaving = new AbortController()
    const left = send(`${USERS}/create`, { body: { email: 'c@d.co' }, signal: leaving.signal })
    await other.reached()
    leaving.abort()
    await assert.rejects(left)
    await sleep(200)
    other.release()
    await sleep(50)
    assert.equal(current.sandbox.users.findByEmail('c@d.co'), null)
  })

  test('slow-body sends the head at once and the body byte by byte', async () => {
    current.sandbox.inject({ type: 'slow-body', delay: 10 })
    const before = performance.now()
    const response = await list()
    const head = performance.now() - before
    assert.deepEqual(await response.json(), { items: [] })
    assert.ok(performance.now() - before - head >= 100)
  })

  test('reset breaks the connection before any answer', async () => {
    current.sandbox.inject({ type: 'reset' })
    await assert.rejects(list(), (error) => error.cause.code === 'ECONNRESET')
    assert.equal(current.sandbox.requests[0].status, null)
  })

  test('reset-body breaks it after half the body', async () => {
    current.sandbox.users.add({ email: 'a@b.co' })
    current.sandbox.inject({ type: 'reset-body' })
    const { received, announced, complete } = await receive(`${USERS}/list`)
    assert.ok(received > 0 && received === Math.floor(announced / 2))
    assert.equal(complete, false)
  })

  test('truncate ends half a JSON text as if it were whole', async () => {
    current.sandbox.inject({ type: 'truncate' })
    const { received, announced, complete, text } = await receive(`${USERS}/list`)
    assert.deepEqual([received, complete], [announced, true])
    assert.throws(() => JSON.parse(text), SyntaxError)
  })

  test('empty and malformed answer 200 without JSON', async () => {
    current.sandbox.inject({ type: 'empty', times: 1 })
    current.sandbox.inject({ type: 'malformed' })
    const empty = await list()
    assert.deepEqual([empty.status, await empty.text()], [200, ''])
    const malformed = await list()
    assert.equal(malformed.status, 200)
    await assert.rejects(malformed.json())
  })

  test('deep nests as deep as told', async () => {
    current.sandbox.inject({ type: 'deep', depth: 50_000 })
    const text = await (await list()).text()
    assert.ok(text.includes('['.repeat(50_000)) && !text.includes('['.repeat(50_001)))
  })

  test('huge sends exactly the bytes, as valid JSON', async () => {
    current.sandbox.inject({ type: 'huge', bytes: 3_000_000 })
    const text = await (await list()).text()
    assert.equal(text.length, 3_000_000)
    assert.deepEqual(JSON.parse(text).items, [])
  })

  test('huge holds nothing in memory and stops when the peer hangs up', async () => {
    const over = deferred()
    await start({ onRequest: over.resolve })
    current.sandbox.inject({ type: 'huge', bytes: 1e15 })
    const before = process.memoryUsage().rss
    const abort = new AbortController()
    const response = await send(`${USERS}/list`, { signal: abort.signal })
    await response.body.getReader().read()
    await sleep(100)
    assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024)
    abort.abort()
    await over.promise
    const idle = performance.eventLoopUtilization()
    await sleep(100)
    assert.ok(performance.eventLoopUtilization(idle).utilization < 0.5)
  })

  test('redirect names its location', async () => {
    current.sandbox.inject({ type: 'redirect', location: 'http://127.0.0.1:1/', status: 307 })
    const response = await list()
    assert.deepEqual(
      [response.status, response.headers.get('location')],
      [307, 'http://127.0.0.1:1/'],
    )
  })

  test('body answers exactly this JSON', async () => {
    current.sandbox.inject({ type: 'body', json: null, times: 1 })
    current.sandbox.inject({ type: 'body', json: { items: 'x' }, status: 201 })
    assert.equal((await call(`${USERS}/list`)).json, null)
    const { status, json } = await call(`${USERS}/list`)
    assert.deepEqual([status, json], [201, { items: 'x' }])
  })

  test('endless-cursor lists full pages of other people without end', async () => {
    current.sandbox.users.add({ email: 'a@b.co' })
    current.sandbox.inject({ type: 'endless-cursor' })
    const seen = new Set()
    for (let cursor = '', page = 0; page < 5; page += 1) {
      const { json } = await call(`${USERS}/list?take=3&email=a@b.co&cursor=${cursor}`)
      assert.equal(json.items.length, 3)
      assert.equal(json.items.at(-1).id, json.cursor)
      for (const item of json.items) seen.add(item.id).add(item.email)
      cursor = json.cursor
    }
    assert.equal(seen.size, 30)
    assert.ok(!seen.has('a@b.co'))
  })

  test('duplicate lists each user twice', async () => {
    current.sandbox.users.add({ email: 'a@b.co' })
    current.sandbox.inject({ type: 'duplicate' })
    assert.deepEqual(await emails('?email=a@b.co'), ['a@b.co', 'a@b.co'])
    assert.equal((await create({})).status, 200)
  })
})

/** Reads an answer below fetch, to see how its body ended. */
function receive(target) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${SECRET}` }
    http
      .get(current.url + target, { headers, agent: false }, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', () => {})
        response.on('close', () => {
          const body = Buffer.concat(chunks)
          const announced = Number(response.headers['content-length'])
          resolve({
            received: body.length,
            announced,
            complete: response.complete,
            text: body.toString(),
          })
        })
      })
      .on('error', reject)
  })
}

function deferred() {
  let resolve
  const promise = new Promise((done) => {
    resolve = done
  })
  return { promise, resolve }
}
