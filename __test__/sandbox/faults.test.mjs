import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, call, create, current, send, start, USERS } from './fresh-sandbox.mjs'

describe('which requests a fault hits', () => {
  const list = (query = '') => send(`${USERS}/list${query}`)

  test('before: the request is not applied; after: it is, and only the answer is lost', async () => {
    const types = [
      { type: 'status', status: 500 },
      { type: 'html' },
      { type: 'hang' },
      { type: 'reset' },
      { type: 'reset-body' },
      { type: 'truncate' },
      { type: 'empty' },
      { type: 'error200' },
      { type: 'malformed' },
    ]
    for (const [when, created] of [
      ['before', 0],
      ['after', 1],
    ]) {
      for (const fault of types) {
        current.sandbox.users.clear()
        current.sandbox.clearFaults()
        current.sandbox.inject({ route: 'create', when, ...fault })
        const signal = AbortSignal.timeout(fault.type === 'hang' ? 300 : 5000)
        await send(`${USERS}/create`, { body: { email: 'a@b.co' }, signal })
          .then((response) => response.text())
          .catch(() => {})
        assert.equal(current.sandbox.users.all().length, created, `${fault.type} ${when}`)
      }
    }
  })

  test('route, times, after, match and order of injection choose the requests', async () => {
    const late = current.sandbox.inject({
      type: 'status',
      status: 503,
      route: 'list',
      after: 1,
      times: 2,
    })
    const matched = current.sandbox.inject({
      type: 'status',
      status: 504,
      match: (entry) => entry.query.take === '9',
    })
    await create({})
    const statuses = []
    for (let n = 0; n < 4; n += 1) statuses.push((await list()).status)
    assert.deepEqual(statuses, [200, 503, 503, 200])
    assert.equal(late.hits, 2)
    assert.equal((await list('?take=9')).status, 504)
    matched.remove()
    assert.equal((await list('?take=9')).status, 200)
    current.sandbox.inject({ type: 'html' })
    current.sandbox.clearFaults()
    assert.equal((await list()).status, 200)
  })

  test('a fault of one route leaves a generation alone that is not served', async () => {
    await start({ generations: ['user'] })
    const fault = current.sandbox.inject({ type: 'status', status: 500, route: 'list' })
    await assertError(call('/v1/partner/user/list'), 404, 'NOT_FOUND')
    assert.equal((await call('/v1/user/list')).status, 500)
    assert.equal(fault.hits, 1)
  })

  test('unknown types and unknown, missing or bad options throw a TypeError at once', () => {
    const bad = [
      {},
      { type: 'nope' },
      { type: 'toString' },
      { type: 'hang', delay: 1 },
      { type: 'hang', when: 'later' },
      { type: 'hang', times: 0 },
      { type: 'hang', after: -1 },
      { type: 'hang', route: 'nope' },
      { type: 'hang', match: 1 },
      { type: 'status' },
      { type: 'status', status: 700 },
      { type: 'status', status: '500' },
      { type: 'status', status: 500, headers: { a: 1 } },
      { type: 'redirect' },
      { type: 'body' },
      { type: 'deep', depth: -1 },
      { type: 'huge', bytes: 1.5 },
      { type: 'slow-body', delay: Number.NaN },
      { type: 'duplicate', route: 'fetch' },
    ]
    for (const fault of bad)
      assert.throws(() => current.sandbox.inject(fault), TypeError, JSON.stringify(fault))
  })
})
