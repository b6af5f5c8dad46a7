/**
 * Stores for tests.
 */
import { RedisStore } from '../index.js'

/** A store in JavaScript that keeps what it gets. */
export function mapStore(entries = new Map()) {
  return {
    get: (key) => entries.get(key),
    set: (key, value) => void entries.set(key, value),
    del: (key) => void entries.delete(key),
  }
}

/** A RedisStore that ends with the test. @param {import('node:test').TestContext} t */
export function redisStoreFor(t, options) {
  const store = new RedisStore(options)
  t.after(() => store.close())
  return store
}
