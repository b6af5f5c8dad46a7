import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSandbox } from '../../sandbox/index.js'
import { RequestLog } from '../../sandbox/request-log.js'
import { call, create, current, open, SECRET, send, start, USERS } from './fresh-sandbox.mjs'

describe('the sandbox as a tool', () => {
  test('logs requests with the secret redacted, oldest first, and forgets them when asked', async () => {
    await create({ email: 'a@b.co' })
    await call('/api/v1/user/list?take=1')
    await call('/nowhere')
    const seen = current.sandbox.requests.map(
      ({ method, path, route, generation, query, body, status, fault }) => [
        method,
        path,
        route,
        generation,
        query,
        body,
        status,
        fault,
      ],
    )
    assert.deepEqual(seen, [
      ['POST', `${USERS}/create`, 'create', 'partner', {}, { email: 'a@b.co' }, 200, null],
      ['GET', '/api/v1/user/list', 'list', 'user', { take: '1' }, undefined, 200, null],
      ['GET', '/nowhere', null, null, {}, undefined, 404, null],
    ])
    assert.equal(current.sandbox.requests[0].headers.authorization, 'Bearer ***')
    assert.ok(Math.abs(Date.now() - current.sandbox.requests[0].at) < 5000)
    assert.ok(!JSON.stringify(current.sandbox.requests).includes(SECRET))
    current.sandbox.clearRequests()
    assert.deepEqual(current.sandbox.requests, [])
  })

  test('keeps the newest 10 000 requests', () => {
    const log = new RequestLog()
    for (let n = 0; n < 10_005; n += 1) log.add(n)
    assert.deepEqual([log.entries.length, log.entries[0]], [10_000, 5])
  })

  test('calls onRequest when a request is over', async () => {
    const entry = await new Promise((resolve) => {
      start({ onRequest: resolve }).then(() => call(`${USERS}/list`))
    })
    assert.deepEqual([entry.route, entry.status], ['list', 200])
  })

  test('adds the latency to each answer', async () => {
    await start({ latency: 80 })
    const before = performance.now()
    await call(`${USERS}/list`)
    assert.ok(performance.now() - before >= 75)
  })

  test('direct access adds, finds, lists and clears copies', () => {
    const meta = { a: 1 }
    const added = current.sandbox.users.add({ email: 'a@b.co', meta })
    meta.a = 2
    added.meta.a = 3
    assert.equal(current.sandbox.users.get(added.id).meta.a, 1)
    assert.equal(current.sandbox.users.findByEmail('A@b.co').id, added.id)
    assert.throws(() => current.sandbox.users.add({ email: 'a@b.co' }))
    assert.throws(() => current.sandbox.users.add({ mail: 'a@b.co' }), TypeError)
    current.sandbox.users.clear()
    assert.deepEqual(current.sandbox.users.all(), [])
  })

  test('unknown and bad options throw at once', () => {
    const bad = [
      { port: 1 },
      { secret: '' },
      { generations: ['v2'] },
      { latency: -1 },
      { emailComparison: 'x' },
      { onRequest: 1 },
    ]
    for (const options of bad) assert.throws(() => createSandbox(options), TypeError)
    assert.throws(() => current.sandbox.addPartner(SECRET), TypeError)
  })

  test('close ends hanging requests, may be called twice and ends listening for good', async () => {
    current.sandbox.inject({ type: 'hang' })
    const pending = assert.rejects(send(`${USERS}/list`))
    while (current.sandbox.requests.length === 0) await sleep(5)
    await Promise.all([current.sandbox.close(), current.sandbox.close()])
    await pending
    await current.sandbox.close()
    assert.equal(current.sandbox.url, null)
    await assert.rejects(current.sandbox.listen(), /closed/)
  })

  test('a taken port rejects, and another can be tried', async () => {
    const second = createSandbox()
    open.push(second)
    await assert.rejects(second.listen(Number(new URL(current.url).port)), { code: 'EADDRINUSE' })
    assert.match((await second.listen()).url, /^http:\/\/127\.0\.0\.1:\d+$/)
    await assert.rejects(second.listen(), /already/)
  })
})
