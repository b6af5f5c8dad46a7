'use strict'

const { Store } = require('../store.js')
const { hasMethods } = require('./methods.js')

const NAME = 'a Keyv instance'

/** Keyv 4 and newer. A Map has no `on`. */
function recognises(client) {
  return hasMethods(client, 'get', 'set', 'delete', 'clear', 'on') && !hasMethods(client, 'del')
}

/**
 * Values as JSON texts, which come back as they went in from any adapter and serialisation. Keyv has
 * nothing like compare-and-set, so the adapter is atomic within one process.
 */
class KeyvStore extends Store {
  #keyv
  #failures = { count: 0, latest: undefined }

  constructor(keyv) {
    super()
    this.#keyv = keyv
    // Keyv 5 and 6 tell of an adapter that fails by an event, and answer as if there were nothing.
    keyv.on('error', (error) => {
      this.#failures = { count: this.#failures.count + 1, latest: error }
    })
  }

  async get(key) {
    // Keyv 5 tells of an adapter that fails here, but not in get().
    const raw = hasMethods(this.#keyv, 'getRaw')
    const found = await this.#noted(() => (raw ? this.#keyv.getRaw(key) : this.#keyv.get(key)))
    return (raw ? found?.value : found) ?? null
  }

  async set(key, value, options) {
    // Without a lifetime Keyv would take its own default one, and 0 is none.
    const ttl = options?.px === undefined ? 0 : Math.max(1, Math.ceil(options.px))
    const done = await this.#noted(() => this.#keyv.set(key, JSON.stringify(value), ttl))
    if (done === false) throw new Error('Keyv did not keep the value')
  }

  async del(key) {
    await this.#noted(() => this.#keyv.delete(key))
  }

  /** What `call` resolves with; an error that was told meanwhile, though it may be another call's. */
  async #noted(call) {
    const { count } = this.#failures
    const answer = await call()
    if (this.#failures.count !== count && (answer === undefined || answer === false)) {
      throw this.#failures.latest
    }
    return answer
  }
}

/** One for each instance, whose listeners would become more with each adapter. */
const stores = new WeakMap()

function wrap(keyv) {
  if (!stores.has(keyv)) stores.set(keyv, new KeyvStore(keyv))
  return stores.get(keyv)
}

module.exports = { name: NAME, recognises, wrap }
