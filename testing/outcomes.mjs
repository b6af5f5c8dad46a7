/**
 * How calls end.
 */
import assert from 'node:assert/strict'
import { ChatBotKitError } from '../index.js'

/**
 * For `assert.rejects` and `assert.throws`: the package's own error with that code, its other
 * members as given.
 */
export function failure(code, members = {}) {
  return (error) => {
    assert.ok(error instanceof ChatBotKitError, `not a ChatBotKitError but ${error?.stack}`)
    assert.equal(error.name, 'ChatBotKitError')
    assert.equal(error.code, code, error.message)
    assert.equal(typeof error.retryable, 'boolean')
    for (const [name, value] of Object.entries(members)) {
      if (value instanceof RegExp) assert.match(error[name], value)
      else assert.equal(error[name], value, `${name}: ${error.message}`)
    }
    return true
  }
}

/** What comes of a call: the code of its failure, or `resolved`. */
export function settle(call) {
  return call.then(
    () => 'resolved',
    ({ code }) => code,
  )
}

/** How each promise ended: its value, or the code of its error. */
export async function outcomes(promises) {
  const settled = await Promise.allSettled(promises)
  return settled.map(({ status, value, reason }) =>
    status === 'fulfilled' ? value : (reason.code ?? reason),
  )
}
