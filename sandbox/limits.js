'use strict'

const { ApiError } = require('./errors')

/** What lists are counted over, in milliseconds: a sliding window. */
const WINDOW = 60_000

/** The limits of a plan: how many lists a minute, and how many sub-accounts. */
class Limits {
  #listsPerMinute
  #users
  #now
  /** @type {Map<string, number[]>} when each account listed within the window, oldest first */
  #lists = new Map()

  /** @param {{ listsPerMinute?: number, maxUsers?: number, now?: () => number }} options none when left out */
  constructor({ listsPerMinute = Infinity, maxUsers = Infinity, now = Date.now }) {
    this.#listsPerMinute = listsPerMinute
    this.#users = maxUsers
    this.#now = now
  }

  /**
   * Counts a list of an account, or of one of its sub-accounts, against the account.
   *
   * @param {string} payer
   * @throws {ApiError} 429, without the header that a full plan comes with
   */
  admitList(payer) {
    const now = this.#now()
    const lists = (this.#lists.get(payer) ?? []).filter((at) => at > now - WINDOW)
    this.#lists.set(payer, lists)
    if (lists.length >= this.#listsPerMinute) {
      throw limitsReached('You have exceeded your allocated rate limits: rate/poll')
    }
    lists.push(now)
  }

  /** @throws {ApiError} 429 when the plan is full */
  admitUser(accountId, table) {
    if (table.childrenOf(accountId).length < this.#users) return
    throw limitsReached('You have exceeded your allocated database limits: database/user', {
      'x-failure-code': 'LIMITS_REACHED',
    })
  }
}

function limitsReached(message, headers = {}) {
  return new ApiError(429, message, { code: 'LIMITS_REACHED', headers })
}

module.exports = { Limits }
