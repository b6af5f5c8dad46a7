'use strict'

const HOSTED = 'https://api.chatbotkit.com'

const TIMEOUT = 30_000 // ms

/** The Contact API, as far as commands need it. */
class ContactApi {
  #root
  #headers
  #secret

  /** @param {{ secret: string, baseUrl?: string }} options */
  constructor({ secret, baseUrl = HOSTED }) {
    this.#root = rootOf(new URL(baseUrl))
    this.#secret = secret
    this.#headers = { authorization: `Bearer ${secret}`, accept: 'application/json' }
  }

  /** All contacts, oldest first. `export` lists them without the limit on lists. */
  async *all() {
    const query = new URLSearchParams({ order: 'asc' })
    const seen = new Set()
    for (;;) {
      const { items, cursor } = await this.#send(`export?${query}`)
      yield* items
      if (items.length === 0 || !cursor) return
      if (seen.has(cursor)) throw new Error(`The API at ${this.#root.host} goes round in circles`)
      seen.add(cursor)
      query.set('cursor', cursor)
    }
  }

  /** Changes a contact. */
  async update(id, changes) {
    await this.#send(`${id}/update`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(changes),
    })
  }

  async #send(path, { headers, ...request } = {}) {
    const response = await fetch(`${this.#root}/contact/${path}`, {
      ...request,
      headers: { ...this.#headers, ...headers },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((cause) => {
      const why = cause.cause?.message ?? cause.message
      throw new Error(`The API at ${this.#root.host} could not be asked: ${why}`, { cause })
    })
    const answer = await response.json().catch(() => ({}))
    // A list that fails late answers 200 with the error.
    if (response.ok && (answer.items || answer.id)) return answer
    const { code = '', message = 'something that is not what the API answers' } = answer
    const words = this.#printable(`${code} ${message}`)
    throw new Error(`The API at ${this.#root.host} answered ${response.status} ${words}`)
  }

  /** Somebody else's words, short, without the secret, and without what a terminal obeys. */
  #printable(words) {
    return words
      .replace(/\p{Cc}/gu, '')
      .replaceAll(this.#secret, '***')
      .slice(0, 200)
  }
}

/** The hosted API answers under /v1 of a host of its own, a self-hosted platform under /api/v1. */
function rootOf(url) {
  const path = url.pathname.replace(/\/+$/, '')
  const version = url.origin === HOSTED ? '/v1' : '/api/v1'
  return new URL(path.endsWith('/v1') ? path : path + version, url.origin)
}

module.exports = { ContactApi }
