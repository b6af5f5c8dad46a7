/**
 * Waiting for what comes at a moment that nobody tells.
 */
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
  const refused = new Error(`Waited ${SETTLE_TIMEOUT} ms for ${expectation}`)
  const check = async () => {
    const answer = await ask()
    if (answer) return answer
    throw refused
  }
  return eventually(check, SETTLE_TIMEOUT).catch((error) => {
    if (error !== refused) refused.cause = error
    throw refused
  })
}

/**
 * Asks again until the answer is right.
 *
 * @template T
 * @param {() => T | Promise<T>} ask throws while it is wrong
 * @param {number} deadline in milliseconds
 * @returns {Promise<Awaited<T>>}
 * @throws what `ask` threw last, when the deadline has passed
 */
export async function eventually(ask, deadline) {
  const end = performance.now() + deadline
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await sleep(POLL_INTERVAL)
  }
}

/** Waits until a time is over by every clock that takes part. @param {Date} time */
export async function past(time) {
  await sleep(time.getTime() - Date.now() + 30)
}

/**
 * Holds one request to the API back until `release` is called. Where a test is about the order of
 * things, a delay says nothing on a busy machine.
 *
 * @param {{ inject: (fault: object) => { hits: number } }} sandbox
 * @param {object} which `route` and `when` of the request, as a fault has them
 */
export function hold(sandbox, which) {
  const { promise, resolve } = withResolvers()
  const fault = sandbox.inject({ ...which, type: 'held', until: promise, times: 1 })
  const isReached = () => {
    if (fault.hits === 0) throw new Error('The request that is to be held has not come')
  }
  return { release: resolve, reached: () => eventually(isReached, SETTLE_TIMEOUT) }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers() {
  let resolve
  const promise = new Promise((fulfil) => {
    resolve = fulfil
  })
  return { promise, resolve }
}
