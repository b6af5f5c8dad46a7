import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../../testing/outcomes.mjs'
import { EVE } from '../../../testing/people.mjs'
import { issueCode, redeem } from '../../../testing/records.mjs'
import { equip, OPERATIONS, start } from './subject.mjs'

/** What may pass. */
const PASSING = {
  'resets the connection': { type: 'reset' },
  'breaks off in the middle of its body': { type: 'reset-body' },
  'does not answer in time': { type: 'hang' },
  'answers 200 with an error': { type: 'error200' },
  ...Object.fromEntries(
    [408, 429, 500, 502, 503, 504].map((status) => [
      `answers ${status}`,
      { type: 'status', status },
    ]),
  ),
}

const LIMIT = { type: 'status', status: 429, code: 'LIMITS_REACHED' }

/** What will not pass, and the error that it is. A conflict means something to a change only. */
const LASTING = {
  'answers 429 LIMITS_REACHED': [LIMIT, 'ERR_API_LIMIT_REACHED'],
  'answers 400': [{ type: 'status', status: 400 }, 'ERR_API_REJECTED'],
  'answers 401': [{ type: 'status', status: 401 }, 'ERR_API_UNAUTHENTICATED'],
  'answers 402': [{ type: 'status', status: 402 }, 'ERR_API_REJECTED'],
  'answers 403': [{ type: 'status', status: 403 }, 'ERR_API_FORBIDDEN'],
  'answers 422': [{ type: 'status', status: 422 }, 'ERR_API_REJECTED'],
}

const TRIES = { retries: 2, retryDelay: 0, timeout: 250 }

async function startEquipped(t) {
  const { adapter, sandbox, ada } = await start(t, TRIES)
  const person = { id: ada.id, ...(await equip(adapter, ada.id)) }
  return { adapter, sandbox, person }
}

describe('what may pass is tried again', { concurrency: 8 }, () => {
  for (const [what, fault] of Object.entries(PASSING)) {
    for (const [when, { route, call, succeeded }] of Object.entries(OPERATIONS)) {
      test(`the API ${what}, twice, while ${when}`, async (t) => {
        const { adapter, sandbox, person } = await startEquipped(t)
        const injected = sandbox.inject({ ...fault, route, times: 2 })
        const outcome = await call(adapter, person)
        assert.ok(succeeded(outcome, person), JSON.stringify(outcome))
        assert.equal(injected.hits, 2)
      })
    }
  }
})

describe('what will not pass is not tried again', { concurrency: 8 }, () => {
  for (const [what, [fault, code]] of Object.entries(LASTING)) {
    for (const [when, { route, call }] of Object.entries(OPERATIONS)) {
      // A list makes no sub-account, so that it is not the plan that is full.
      if (fault === LIMIT && route === 'list') continue
      test(`the API ${what} while ${when}`, async (t) => {
        const { adapter, sandbox, person } = await startEquipped(t)
        const injected = sandbox.inject({ ...fault, route })
        await assert.rejects(call(adapter, person), failure(code, { retryable: false }))
        assert.equal(injected.hits, 1)
      })
    }
  }
})

/** All lists of a parent account share one limit: "rate/poll", a window of a minute. */
describe('a limit on lists passes within a minute, and is not tried again until then', () => {
  const message = 'You have exceeded your allocated rate limits: rate/poll'
  const said = /rate\/poll.*limited for the whole account; it passes within a minute/s
  const limited = failure('ERR_API_RATE_LIMITED', { retryable: true, message: said })

  for (const [what, fault] of Object.entries({
    'with 429': { ...LIMIT, message },
    'with 200': { type: 'error200', code: LIMIT.code, message },
  })) {
    test(`the API says so ${what} while somebody asks for a code`, async (t) => {
      const { adapter, sandbox, ada } = await start(t, { retries: 10, retryDelay: 0 })
      const injected = sandbox.inject({ ...fault, route: 'list' })
      await assert.rejects(adapter.getUserByEmail(ada.email), limited)
      assert.equal(injected.hits, 1)
      injected.remove()
      assert.equal((await adapter.getUserByEmail(ada.email)).id, ada.id)
    })

    test(`the API says so ${what} while a code is redeemed`, async (t) => {
      const { adapter, sandbox, ada } = await start(t, { retries: 10, retryDelay: 0 })
      const code = await issueCode(adapter, ada.email)
      const injected = sandbox.inject({ ...fault, route: 'list' })
      await assert.rejects(redeem(adapter, code), limited)
      assert.equal(injected.hits, 1)
      injected.remove()
      assert.deepEqual(await redeem(adapter, code), code)
    })

    test(`the API says so ${what} while the outcome of a create is looked up`, async (t) => {
      const { adapter, sandbox } = await start(t, { retries: 10, retryDelay: 0 })
      sandbox.inject({ type: 'reset', route: 'create', when: 'after', times: 1 })
      const injected = sandbox.inject({ ...fault, route: 'list' })
      await assert.rejects(adapter.createUser(EVE), failure('ERR_API_UNREACHABLE'))
      assert.equal(injected.hits, 1)
      injected.remove()
      const { id } = sandbox.users.findByEmail(EVE.email)
      assert.equal((await adapter.createUser(EVE)).id, id)
    })
  }
})
