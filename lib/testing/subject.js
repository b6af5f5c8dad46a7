'use strict'

const { randomUUID } = require('node:crypto')
const { resolve } = require('node:path')
const { pathToFileURL } = require('node:url')
const { storeOver } = require('../stores/clients/index.js')

/** The URL of a module that was given as one, or as a path from the current folder. */
function urlOf(module) {
  const text = module.href ?? module
  return /^file:/.test(text) ? text : pathToFileURL(resolve(text)).href
}

/** The functions of a module that makes stores. */
async function loadModule(module) {
  const { createStore, closeStore, default: fallback } = await import(urlOf(module))
  // What a CommonJS module exports may be found in its default export alone.
  return {
    createStore: createStore ?? fallback?.createStore ?? fallback,
    closeStore: closeStore ?? fallback?.closeStore,
  }
}

/** A store under test: several objects over the same data, and keys that are one test's own. */
class Subject {
  #prefix = `store-test-${randomUUID()}:`
  #keys = new Set()
  #opened = []
  #functions

  /** @param {import('../../testing.js').StoreTestOptions} options */
  constructor(options) {
    this.options = options
    const { createStore, closeStore } = options
    this.#functions = createStore ? { createStore, closeStore } : loadModule(options.module)
  }

  /** What the application would pass to the adapter; another one at each call. */
  async option() {
    const { createStore } = await this.#functions
    const store = await createStore()
    this.#opened.push(store)
    return store
  }

  /** The same, with the methods of a store. What it reads is never a JSON text. */
  async open() {
    const store = storeOver(await this.option())
    return {
      get: async (key) => parsed(await store.get(key)),
      set: async (...args) => void (await store.set(...args)),
      del: async (key) => void (await store.del(key)),
      compareAndSet:
        typeof store.compareAndSet === 'function'
          ? async (...args) => store.compareAndSet(...args)
          : undefined,
    }
  }

  /** A key that no other test has, removed when this one is over. */
  key(name) {
    const key = this.#prefix + name
    this.#keys.add(key)
    return key
  }

  get prefix() {
    return this.#prefix
  }

  async close() {
    const { closeStore } = await this.#functions
    if (this.#keys.size > 0) {
      const store = await this.open()
      await Promise.all([...this.#keys].map((key) => store.del(key)))
    }
    if (closeStore) await Promise.all(this.#opened.map((store) => closeStore(store)))
  }
}

/** As the adapter reads: a store may give back a value or its JSON text. */
function parsed(value) {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? JSON.parse(value) : value
}

module.exports = { Subject, urlOf }
