import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, test } from 'node:test'
import { calls, startAdapter } from '../../testing/adapter.mjs'
import { listenFor } from '../../testing/listening.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { issueCode, redeem } from '../../testing/records.mjs'

const NOWHERE = 'http://127.0.0.1:9/'

const LIMIT = { type: 'status', status: 429, code: 'LIMITS_REACHED' }

/** What the API or the network can do to a read, and the error that it has to be. */
const FAULTS = [
  [{ type: 'hang' }, 'ERR_API_TIMEOUT'],
  [{ type: 'slow-headers', delay: 5_000 }, 'ERR_API_TIMEOUT'],
  [{ type: 'slow-body' }, 'ERR_API_TIMEOUT'],
  [{ type: 'reset' }, 'ERR_API_UNREACHABLE'],
  [{ type: 'reset-body' }, 'ERR_API_UNREACHABLE'],
  [{ type: 'truncate' }, 'ERR_API_RESPONSE'],
  [{ type: 'empty' }, 'ERR_API_RESPONSE'],
  [{ type: 'malformed' }, 'ERR_API_RESPONSE'],
  [{ type: 'deep' }, 'ERR_API_RESPONSE'],
  [{ type: 'deep', depth: 200 }, 'ERR_API_RESPONSE'],
  [{ type: 'huge' }, 'ERR_API_RESPONSE'],
  [{ type: 'redirect', location: NOWHERE }, 'ERR_API_RESPONSE'],
  [{ type: 'redirect', location: NOWHERE, status: 308 }, 'ERR_API_RESPONSE'],
  [{ type: 'html' }, 'ERR_API_UNAVAILABLE'],
  [{ type: 'html', status: 200 }, 'ERR_API_RESPONSE'],
  [{ type: 'html', status: 403 }, 'ERR_API_FORBIDDEN'],
  [{ type: 'error200' }, 'ERR_API_UNAVAILABLE'],
  [{ type: 'error200', code: 'NOT_AUTHENTICATED' }, 'ERR_API_UNAUTHENTICATED'],
  [{ type: 'error200', code: 'SOMETHING_NEW' }, 'ERR_API_UNAVAILABLE'],
  [{ type: 'status', status: 400 }, 'ERR_API_REJECTED'],
  [{ type: 'status', status: 401 }, 'ERR_API_UNAUTHENTICATED'],
  [{ type: 'status', status: 402 }, 'ERR_API_REJECTED'],
  [{ type: 'status', status: 403 }, 'ERR_API_FORBIDDEN'],
  [{ type: 'status', status: 405 }, 'ERR_API_REJECTED'],
  [{ type: 'status', status: 408 }, 'ERR_API_UNAVAILABLE'],
  [{ type: 'status', status: 413 }, 'ERR_API_REJECTED'],
  [{ type: 'status', status: 422 }, 'ERR_API_REJECTED'],
  [{ type: 'status', status: 429 }, 'ERR_API_RATE_LIMITED'],
  [{ ...LIMIT, message: 'rate limits: rate/poll' }, 'ERR_API_RATE_LIMITED'],
  [{ type: 'status', status: 500 }, 'ERR_API_UNAVAILABLE'],
  [{ type: 'status', status: 503 }, 'ERR_API_UNAVAILABLE'],
  [{ type: 'status', status: 599 }, 'ERR_API_UNAVAILABLE'],
  [{ type: 'body', json: null }, 'ERR_API_RESPONSE'],
  [{ type: 'body', json: 'text' }, 'ERR_API_RESPONSE'],
  [{ type: 'body', json: [] }, 'ERR_API_RESPONSE'],
  [{ type: 'body', json: {} }, 'ERR_API_RESPONSE'],
  [{ type: 'body', json: { items: 'x', id: 5 } }, 'ERR_API_RESPONSE'],
  [{ type: 'body', json: { items: null, id: null } }, 'ERR_API_RESPONSE'],
  [{ type: 'body', json: { items: [null], id: '' } }, 'ERR_API_RESPONSE'],
  [{ type: 'body', json: { items: ['x'], id: '../x' } }, 'ERR_API_RESPONSE'],
]

/** Users that are broken in one member, under the address and id that were asked for. */
const BROKEN = [
  { createdAt: undefined },
  { createdAt: 'yesterday' },
  { createdAt: 9e15 },
  { updatedAt: null },
  { name: 5 },
  { image: {} },
  { meta: 'x' },
  { meta: [] },
]

const OPTIONS = { timeout: 600 }

describe('a fault of the API or the network', () => {
  const label = ({ type, ...rest }) => `${type} ${JSON.stringify(rest)}`

  for (const [route, call] of [
    ['list', (adapter) => adapter.getUserByEmail(ADA.email)],
    ['fetch', (adapter, { id }) => adapter.getUser(id)],
  ]) {
    test(`on ${route} is its own error, never null and never another person`, async (t) => {
      await Promise.all(
        FAULTS.map(async ([fault, code]) => {
          const { adapter, sandbox } = await startAdapter(t, OPTIONS, { users: [ADA, BOB] })
          const ada = sandbox.users.findByEmail(ADA.email)
          // The generation of the routes is known by now, and nothing of Ada.
          assert.equal((await adapter.getUserByEmail(BOB.email)).email, BOB.email)
          sandbox.inject({ route, ...fault })
          const outcome = await call(adapter, ada).catch((error) => error)
          assert.ok(outcome instanceof Error, `${label(fault)} became ${JSON.stringify(outcome)}`)
          assert.equal(outcome.code, code, `${label(fault)}: ${outcome.message}`)
          assert.ok(outcome.message.includes(new URL(sandbox.url).host), outcome.message)
          sandbox.clearFaults()
          assert.equal((await call(adapter, ada)).id, ada.id)
        }),
      )
    })
  }

  // The API's own 404 is JSON with the code NOT_FOUND.
  test('the 404 of a gateway is not "no such user"', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const { id } = sandbox.users.add(ADA)
    await adapter.getUser(id)
    sandbox.inject({ type: 'html', status: 404 })
    await assert.rejects(adapter.getUserByEmail(ADA.email), { name: 'ChatBotKitError' })
    await assert.rejects(adapter.getUser(id), { name: 'ChatBotKitError' })
  })

  test('a broken user is ERR_API_RESPONSE', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    for (const member of BROKEN) {
      const user = { id: 'cx', createdAt: 1, updatedAt: 1, email: ADA.email, ...member }
      const broken = failure('ERR_API_RESPONSE', { message: new RegExp(Object.keys(member)[0]) })
      sandbox.inject({ type: 'body', json: { ...user, items: [user] }, times: 2 })
      await assert.rejects(adapter.getUser('cx'), broken)
      await assert.rejects(adapter.getUserByEmail(ADA.email), broken)
    }
  })

  test('an answer about somebody else is refused', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { autoDeleteUser: true })
    const ada = sandbox.users.add(ADA)
    const bob = { id: 'cbob', createdAt: 1, updatedAt: 1, email: BOB.email }
    sandbox.inject({ type: 'body', json: { ...bob, items: [bob] } })
    await assert.rejects(adapter.getUser(ada.id), failure('ERR_API_RESPONSE'))
    await assert.rejects(adapter.deleteUser(ada.id), failure('ERR_API_RESPONSE'))
    assert.equal(await adapter.getUserByEmail(ADA.email), null)
  })

  test('pages without end, or in a circle, end in an error', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const fault = sandbox.inject({ type: 'endless-cursor' })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_RESPONSE'))
    assert.ok(fault.hits <= 100)
    sandbox.clearFaults()
    const stranger = { id: 'cx', createdAt: 1, updatedAt: 1, email: 'x@example.com' }
    const circle = sandbox.inject({ type: 'body', json: { items: [stranger], cursor: 'cx' } })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_RESPONSE'))
    assert.ok(circle.hits <= 3)
  })

  test('routes that are nowhere are an error, not "no such user"', async (t) => {
    const { adapter } = await startAdapter(t, { apiRoutes: 'auto' }, { generations: [] })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_RESPONSE'))
    await assert.rejects(adapter.getUser('cada'), failure('ERR_API_RESPONSE'))
  })

  test('a redirect is not followed: it would carry the secret along', async (t) => {
    const seen = []
    const thief = http.createServer((request, response) => {
      seen.push(request.headers)
      response.end('{"items":[]}')
    })
    const { url } = await listenFor(t, thief)
    const { adapter, sandbox } = await startAdapter(t, { autoCreateUser: true })
    const location = `${url}/`
    sandbox.inject({ type: 'redirect', location, status: 307 })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_RESPONSE'))
    await assert.rejects(adapter.createUser(ADA), failure('ERR_API_RESPONSE'))
    assert.deepEqual(seen, [])
  })
})

describe('retries', () => {
  test('repeat a read as often as told, and not what cannot pass', async (t) => {
    for (const [status, count] of [
      [503, 3],
      [429, 3],
      [400, 1],
      [401, 1],
      [403, 1],
    ]) {
      const options = { retries: 2, retryDelay: 0 }
      const { adapter, sandbox } = await startAdapter(t, options)
      sandbox.inject({ type: 'status', status })
      const outcome = await adapter.getUserByEmail(ADA.email).catch((error) => error)
      assert.deepEqual([outcome.status, outcome.retryable], [status, count > 1])
      assert.equal(sandbox.requests.length, count, `${status}`)
    }
  })

  test('wait as long as Retry-After says, unless that is longer than people wait', async (t) => {
    const { adapter, sandbox } = await startAdapter(
      t,
      { retries: 1, retryDelay: 0 },
      { users: [ADA] },
    )
    const limited = { type: 'status', status: 429, times: 1 }
    sandbox.inject({ ...limited, headers: { 'retry-after': '1' } })
    const before = performance.now()
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
    assert.ok(performance.now() - before >= 990)
    sandbox.inject({ ...limited, headers: { 'retry-after': '3600' } })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_RATE_LIMITED'))
  })
})

describe('when the API is down while a code is redeemed', () => {
  test('the caller gets an error, and the code works a minute later', async (t) => {
    for (const [fault, code] of FAULTS.slice(0, 20)) {
      const { adapter, sandbox } = await startAdapter(t, OPTIONS, { users: [ADA] })
      const made = await issueCode(adapter, ADA.email)
      sandbox.inject({ route: 'list', times: 1, ...fault })
      await assert.rejects(
        redeem(adapter, made),
        failure(code, { operation: 'useVerificationToken' }),
      )
      assert.deepEqual(await redeem(adapter, made), made)
      assert.equal(await redeem(adapter, made), null)
      assert.deepEqual(calls(sandbox), ['list', 'list'])
    }
  })
})
