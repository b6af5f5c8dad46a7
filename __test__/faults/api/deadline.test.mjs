import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { listenFor } from '../../../testing/listening.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { start } from './subject.mjs'

/** How long a call of the adapter may take with all its requests, retries and waits. */
const CALL_LIMIT = 60_000 // ms
const LATE = 3_000 // ms

const PATIENT = { timeout: 30_000, retries: 10, retryDelay: 60_000 }
const EVE = { email: 'eve@example.com', emailVerified: new Date() }

/** Wants a call to have ended in ERR_API_TIMEOUT within the limit. */
async function assertGivenUp(call) {
  const began = performance.now()
  const late = sleep(CALL_LIMIT + LATE, { code: 'still busy' }, { ref: false })
  const outcome = await Promise.race([call.catch((error) => error), late])
  const seconds = Math.round((performance.now() - began) / 1_000)
  assert.notEqual(outcome.code, 'still busy', `still busy after ${seconds} s`)
  failure('ERR_API_TIMEOUT', { retryable: true })(outcome)
}

/** What goes on and on, and the call that meets it. */
const SILENCES = {
  'never answers a look-up by address': [
    [{ type: 'hang' }],
    (adapter) => adapter.getUserByEmail(ADA.email),
  ],
  'never answers a look-up by id': [[{ type: 'hang' }], (adapter, id) => adapter.getUser(id)],
  'never answers a create': [
    [{ type: 'hang', route: 'create' }],
    (adapter) => adapter.createUser(EVE),
  ],
  'answers neither a create nor whether it happened': [
    [{ type: 'hang' }],
    (adapter) => adapter.createUser(EVE),
  ],
  'is slow to say who is changed, and never says that it was': [
    [
      { type: 'slow-headers', route: 'fetch', delay: 25_000 },
      { type: 'hang', route: 'update' },
    ],
    (adapter, id) => adapter.updateUser({ id, name: 'Countess' }),
  ],
  'never answers a deletion': [[{ type: 'hang' }], (adapter, id) => adapter.deleteUser(id)],
}

/** Answers that are late, each by so many milliseconds, and go on without end. */
const SLOW = {
  'turns page after page without an end': [
    1_500,
    (number) => {
      const stranger = { id: `c${number}`, createdAt: 1, updatedAt: 1, email: `c${number}@x.y` }
      return [200, {}, { items: [stranger], cursor: stranger.id }]
    },
  ],
  'asks for the longest wait that is obeyed, every time': [
    2_500,
    () => [503, { 'retry-after': '5' }, { code: 'UNAVAILABLE', message: 'later' }],
  ],
}

describe('a whole call ends within a minute', { concurrency: true }, () => {
  for (const [what, [faults, call]] of Object.entries(SILENCES)) {
    test(`the API ${what}`, async (t) => {
      const { adapter, sandbox, ada } = await start(t, PATIENT)
      for (const fault of faults) sandbox.inject(fault)
      await assertGivenUp(call(adapter, ada.id))
    })
  }

  for (const [what, [delay, answer]] of Object.entries(SLOW)) {
    test(`the API ${what}`, async (t) => {
      let count = 0
      const server = createServer(async (_, response) => {
        count += 1
        const [status, headers, body] = answer(count)
        await sleep(delay, undefined, { ref: false })
        response.writeHead(status, { 'content-type': 'application/json', ...headers })
        response.end(JSON.stringify(body))
      })
      const { url: baseUrl } = await listenFor(t, server)
      const { adapter } = await start(t, { ...PATIENT, baseUrl })
      await assertGivenUp(adapter.getUserByEmail('nobody@example.com'))
    })
  }
})
