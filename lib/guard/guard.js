'use strict'

const { createHash } = require('node:crypto')
const { clientOf } = require('./client-address.js')
const { Counter } = require('./counter.js')
const { rulesOf } = require('./limits.js')
const { tell, warnOnce } = require('./report.js')

const DEFAULT_PREFIX = 'chatbotkit:nextauth:'

/** Decides whether a request for a code, or an attempt to redeem one, may go on to NextAuth. */
class Guard {
  #counter
  #rules
  #options

  constructor(options) {
    this.#options = options
    this.#counter = new Counter(options.store)
    this.#rules = rulesOf(options.limits)
  }

  /**
   * @param {'code' | 'attempt'} action
   * @param {object[]} context what the handler was called with, of which the client's address is taken
   * @param {string | undefined} identifier whom it is about, normalised
   * @returns {Promise<{ limit: string, retryAfter: number } | undefined>} the refusal, if there is one, and
   *   after how many seconds to ask again
   */
  async refusal(action, context, identifier) {
    const { logger } = this.#options
    try {
      const client = await this.#client(context)
      const found = await this.#count(action, client, identifier)
      const refused = found && { limit: found.limit, retryAfter: secondsOf(found.wait) }
      tell(logger, { action, outcome: refused ? 'limited' : 'allowed', ...refused })
      return refused
    } catch (error) {
      // Whoever cannot be counted is let in: a guard that fails must not keep everybody out.
      tell(logger, { action, outcome: 'uncounted', code: error?.code }, error)
    }
  }

  async #client(context) {
    const { client, isBehindProxy } = await clientOf(context, this.#options)
    if (client === undefined) warnOnce('CHATBOTKIT_GUARD_CLIENT')
    else if (isBehindProxy) warnOnce('CHATBOTKIT_GUARD_PROXY')
    return client
  }

  /** The client first: what it may not ask for costs nobody else a turn. */
  async #count(action, client, identifier) {
    const person = identifier === undefined ? '' : digest(identifier)
    const ask = (record, of) =>
      this.#counter.count(this.#key(record, of), this.#rules[record], person)
    if (action === 'attempt') {
      if (client !== undefined) return ask('attemptsOfClient', digest(client))
      return person ? ask('attemptsAtAddress', person) : undefined
    }
    const refused = client === undefined ? undefined : await ask('codesOfClient', digest(client))
    return refused ?? (person ? ask('codesOfAddress', person) : undefined)
  }

  #key(record, of) {
    return `${this.#options.keyPrefix ?? DEFAULT_PREFIX}guard:${KINDS[record]}:${of}`
  }
}

const KINDS = {
  codesOfClient: 'codes-of-client',
  codesOfAddress: 'codes-of-address',
  attemptsOfClient: 'attempts-of-client',
  attemptsAtAddress: 'attempts-at-address',
}

/** A wait as HTTP has it. Never shorter than it is: who keeps to it gets in. */
function secondsOf(milliseconds) {
  return Math.max(1, Math.ceil(milliseconds / 1_000))
}

/** What stands in a store for a client or for a person. */
function digest(text) {
  return createHash('sha256').update(text).digest('base64url')
}

module.exports = { Guard }
