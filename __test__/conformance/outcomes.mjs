import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ChatBotKitError } from '../../index.js'

const POLL_INTERVAL = 20 // ms

/** For `assert.rejects`: the package's own error with that code. */
export function failure(code) {
  return (error) => {
    assert.ok(error instanceof ChatBotKitError, `not a ChatBotKitError but ${error?.stack}`)
    assert.equal(error.code, code, error.message)
    return true
  }
}

/** How each promise ended: its value, or the code of its error. */
export async function outcomes(promises) {
  const settled = await Promise.allSettled(promises)
  return settled.map(({ status, value, reason }) =>
    status === 'fulfilled' ? value : (reason.code ?? reason),
  )
}

/** Waits until a time is over by every clock that takes part. @param {Date} time */
export async function past(time) {
  await sleep(time.getTime() - Date.now() + 30)
}

/**
 * Asks again until the answer is right.
 *
 * @param {() => unknown} ask throws while it is wrong
 * @param {number} deadline in milliseconds
 * @throws what `ask` threw last, when the deadline has passed
 */
export async function eventually(ask, deadline) {
  const end = Date.now() + deadline
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > end) throw error
    }
    await sleep(POLL_INTERVAL)
  }
}
