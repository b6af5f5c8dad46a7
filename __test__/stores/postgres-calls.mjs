/** Calls of a PostgresStore that are to go wrong, or right. */
import assert from 'node:assert/strict'
import { PostgresStore } from '../../index.js'
import { PASSWORD } from '../../testing/postgres/postgres.mjs'
import { assertEveryCallFails } from '../conformance/store-calls.mjs'

/** What a call of these stores may take, in milliseconds. */
export const timeout = 800

/** A store that ends with the test. */
export function storeFor(t, options) {
  const store = new PostgresStore(options)
  t.after(() => store.close())
  return store
}

/** Asserts that every call is refused in time, for good or not, and that no error tells the password. */
export async function assertRefused(t, options, code, { words, retryable = false } = {}) {
  const store = storeFor(t, { timeout, ...options })
  const secrets = [PASSWORD, encodeURIComponent(PASSWORD), 'sesame']
  const errors = await assertEveryCallFails(store, code, { timeout, secrets })
  for (const error of errors) {
    assert.equal(error.retryable, retryable, error.message)
    if (words) assert.match(error.message, words)
  }
}
