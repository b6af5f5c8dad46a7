'use strict'

const { Store } = require('../store.js')
const { hasMethods } = require('./methods.js')

const NAME = 'an unstorage instance'

function recognises(client) {
  return hasMethods(client, 'getItem', 'setItem', 'removeItem', 'hasItem', 'getKeys')
}

/** Stands for an end that there is none of. */
const ENDLESS = 'endless'

/**
 * Values as texts with their end before them, `1798761600000 {"key":…}`. Most drivers know no lifetimes,
 * and unstorage would parse a text that is nothing but JSON, leaving out members that it finds
 * suspicious. There is nothing like compare-and-set, so the adapter is atomic within one process.
 */
class UnstorageStore extends Store {
  #storage

  constructor(storage) {
    super()
    this.#storage = storage
  }

  async get(key) {
    const item = itemKey(key)
    const stored = await this.#storage.getItem(item)
    const [, end, text] = /^(\d+|endless) (.*)$/s.exec(stored ?? '') ?? []
    if (end === undefined) return null
    if (end === ENDLESS || Number(end) > Date.now()) return text
    await this.#storage.removeItem(item)
    return null
  }

  async set(key, value, options) {
    const text = JSON.stringify(value)
    const px = options?.px
    if (px === undefined) return this.#storage.setItem(itemKey(key), `${ENDLESS} ${text}`)
    const end = Math.ceil(Date.now() + px)
    // Those drivers that know lifetimes take seconds.
    const ttl = Math.max(1, Math.ceil(px / 1_000))
    return this.#storage.setItem(itemKey(key), `${end} ${text}`, { ttl })
  }

  async del(key) {
    await this.#storage.removeItem(itemKey(key))
  }
}

/**
 * unstorage makes one key of several: it folds `/` and `\` to `:`, several `:` to one, drops those at
 * the ends, and cuts at `?`. A name that ends with `$` is for its own notes, and `..` is refused. What
 * it would change is escaped; a `:` between names stays, since drivers are mounted by it.
 */
function itemKey(key) {
  return key
    .replace(/[^\w:.@=+-]/g, escaped)
    .replace(/\.(?=\.|:|$)/g, escaped)
    .replace(/^:|:(?=:|$)/g, escaped)
}

function escaped(character) {
  return `%${character.codePointAt(0).toString(16).padStart(2, '0')}`
}

module.exports = { name: NAME, recognises, wrap: (storage) => new UnstorageStore(storage) }
