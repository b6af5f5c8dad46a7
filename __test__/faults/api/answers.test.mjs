import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DIRECTORIES } from '../../../testing/directories.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { equip, OPERATIONS, startWith } from './subject.mjs'

// Look-ups by address and id are in __test__/adapter/faults.test.js.
const TESTED_ELSEWHERE = ['a person is looked up by address', 'a person is looked up by id']

const HERE = Object.entries(OPERATIONS).filter(([name]) => !TESTED_ELSEWHERE.includes(name))

/** What the API does, how the sandbox does it, and the error that it has to be. */
const FAULTS = {
  'never answers': [{ type: 'hang' }, 'ERR_API_TIMEOUT'],
  'is slow with its headers': [{ type: 'slow-headers' }, 'ERR_API_TIMEOUT'],
  'is slow with its body': [{ type: 'slow-body' }, 'ERR_API_TIMEOUT'],
  'resets the connection': [{ type: 'reset' }, 'ERR_API_UNREACHABLE'],
  'breaks off in the middle of its body': [{ type: 'reset-body' }, 'ERR_API_UNREACHABLE'],
  'answers 502 with a page of a gateway': [{ type: 'html' }, 'ERR_API_UNAVAILABLE'],
  'answers 200 with a page of a gateway': [{ type: 'html', status: 200 }, 'ERR_API_RESPONSE'],
  'answers 404 with a page of a gateway': [{ type: 'html', status: 404 }, 'ERR_API_RESPONSE'],
  'answers 200 with an error': [{ type: 'error200' }, 'ERR_API_UNAVAILABLE'],
  'answers with truncated JSON': [{ type: 'truncate' }, 'ERR_API_RESPONSE'],
  'answers with deeply nested JSON': [{ type: 'deep' }, 'ERR_API_RESPONSE'],
  'answers with a gigabyte': [{ type: 'huge' }, 'ERR_API_RESPONSE'],
  'answers with nothing': [{ type: 'empty' }, 'ERR_API_RESPONSE'],
  'answers with an id of another type': [{ type: 'body', json: { id: 5 } }, 'ERR_API_RESPONSE'],
  'answers without a single field': [{ type: 'body', json: {} }, 'ERR_API_RESPONSE'],
  'answers about somebody else': [
    { type: 'body', json: { id: 'cbob', email: 'bob@example.com', createdAt: 1, updatedAt: 1 } },
    'ERR_API_RESPONSE',
  ],
  'redirects elsewhere': [
    { type: 'redirect', location: 'http://127.0.0.1:9/', status: 308 },
    'ERR_API_RESPONSE',
  ],
}

for (const directory of DIRECTORIES) {
  const title = `the call fails, what it needs is still there, and it works afterwards: ${directory.name}`
  describe(title, { concurrency: 8 }, () => {
    for (const [what, [fault, code]] of Object.entries(FAULTS)) {
      for (const [when, { route, call }] of HERE) {
        test(`the API ${what} while ${when}`, async (t) => {
          const { adapter, sandbox, ada } = await startWith(t, directory, { timeout: 300 })
          const person = { id: ada.id, ...(await equip(adapter, ada.id)) }
          const injected = sandbox.inject({ ...fault, route })
          await assert.rejects(call(adapter, person), failure(code))
          assert.equal(injected.hits, 1)
          injected.remove()
          // A deletion that was carried out, though its answer came late, leaves itself to repeat.
          const isGone = !sandbox.people.get(ada.id)
          const left = Object.values(OPERATIONS).slice(isGone ? -1 : 0)
          for (const { call, succeeded } of left) {
            const outcome = await call(adapter, person)
            assert.ok(succeeded(outcome, person), JSON.stringify(outcome))
          }
        })
      }
    }
  })
}
