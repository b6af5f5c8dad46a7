'use strict'

const { invalid } = require('../option-checks.js')

/**
 * What a store written in JavaScript extends. Three methods are needed, sync or async. A fourth,
 * `compareAndSet(key, expected, value, options)`, makes the adapter atomic across processes;
 * docs/stores.md describes it.
 */
class Store {
  /** @param {string} _key @returns {any} the value or its JSON text; null when there is none */
  get(_key) {
    throw invalid('This store does not implement get(key)')
  }

  /** @param {string} _key @param {any} _value plain JSON data @param {{px?: number}} [_options] lifetime in milliseconds */
  set(_key, _value, _options) {
    throw invalid('This store does not implement set(key, value, options)')
  }

  /** @param {string} _key */
  del(_key) {
    throw invalid('This store does not implement del(key)')
  }
}

module.exports = { Store }
