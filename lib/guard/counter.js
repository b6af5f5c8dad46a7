'use strict'

const { randomBytes } = require('node:crypto')
const { ChatBotKitError } = require('../error.js')
const { store: native } = require('../native/binary.js')
const { call, errorOf } = require('../native/call.js')
const { resolveStore } = require('../stores/resolve.js')
const { storeOfEnvironment } = require('../stores/store-from.js')
const { hitsIn, longest, refusal } = require('./window.js')

/** How often a record is read again because another process changed it before it could be written. */
const ATTEMPTS = 100

const OPERATION = 'protect'

/**
 * Counts in sliding windows, each of which is one record. Those who ask for one record while it is on
 * its way are decided together afterwards, with one write: a crowd costs the store no more than its
 * round trips, and all of it learns at once that the store is down.
 */
class Counter {
  #resolved
  #waiting = new Map()

  /** @param {unknown} [store] as an adapter takes it: without one, what the environment names by then */
  constructor(store) {
    if (store !== undefined && store !== null) this.#resolved = resolveStore(store)
  }

  /**
   * Counts one request, unless a rule refuses it.
   *
   * @param {string} key
   * @param {import('./limits.js').Rule[]} rules the same for each request at one key
   * @param {string} tag
   * @returns {Promise<{ limit: string, wait: number } | undefined>} the refusal, if there is one
   * @throws ChatBotKitError when the store fails
   */
  count(key, rules, tag) {
    if (rules.length === 0) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      const request = { tag, resolve, reject }
      const queue = this.#waiting.get(key)
      if (queue) return queue.push(request)
      this.#waiting.set(key, [request])
      this.#work(key, rules)
    })
  }

  async #work(key, rules) {
    const queue = this.#waiting.get(key)
    while (queue.length > 0) {
      const requests = queue.splice(0)
      try {
        const outcomes = await this.#decide(key, rules, requests)
        for (const [index, { resolve }] of requests.entries()) resolve(outcomes[index])
      } catch (error) {
        for (const { reject } of requests) reject(error)
      }
    }
    this.#waiting.delete(key)
  }

  async #decide(key, rules, requests) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const text = await this.#call('get', key)
      const now = Date.now()
      const hits = hitsIn(JSON.parse(text), rules, now)
      const before = hits.length
      const outcomes = requests.map(({ tag }) => {
        const refused = refusal(hits, rules, tag, now)
        if (!refused) hits.push([now, tag])
        return refused
      })
      if (hits.length === before) return outcomes
      // Two processes may count at the same millisecond: without something of its own, the second
      // would take the first one's record for its own.
      const record = JSON.stringify({ hits, by: randomBytes(9).toString('base64url') })
      const expected = text ?? undefined
      if (await this.#call('compareAndSet', key, expected, record, longest(rules))) return outcomes
    }
    throw new ChatBotKitError(
      'ERR_STORE',
      `${OPERATION} failed: a record in the store changed each time that it was to be written`,
      { operation: OPERATION, retryable: true },
    )
  }

  async #call(operation, ...args) {
    this.#resolved ??= resolveStore(storeOfEnvironment())
    const { native: store, beforeCall } = this.#resolved
    beforeCall()
    const outcome = await call(native[operation], store, ...args)
    const error = errorOf(OPERATION, outcome)
    if (error) throw error
    return outcome.ok
  }
}

module.exports = { Counter }
