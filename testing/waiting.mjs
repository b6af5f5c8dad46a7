import { setTimeout as sleep } from 'node:timers/promises'

/** What a cluster or its sentinels may take to settle, in milliseconds. */
const SETTLE_TIMEOUT = 20_000
const POLL_INTERVAL = 20

/**
 * Asks again until the answer is truthy; a server that is going away or coming up may fail to answer.
 *
 * @template T
 * @param {string} expectation what is waited for, for the error
 * @param {() => T | Promise<T>} ask
 * @returns {Promise<Awaited<T>>} the truthy answer
 * @throws {Error} after SETTLE_TIMEOUT
 */
export async function until(expectation, ask) {
  const deadline = performance.now() + SETTLE_TIMEOUT
  let failure
  while (performance.now() < deadline) {
    try {
      const answer = await ask()
      if (answer) return answer
      failure = undefined
    } catch (error) {
      failure = error
    }
    await sleep(POLL_INTERVAL)
  }
  throw new Error(`Waited ${SETTLE_TIMEOUT} ms for ${expectation}`, { cause: failure })
}
