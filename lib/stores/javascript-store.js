'use strict'

const { keepCause } = require('../native/causes.js')
const { NativeStore } = require('../native/binary.js')

/**
 * A native store whose calls go to a store written in JavaScript.
 *
 * @param {object} store anything with `get`, `set` and `del`
 * @param {(store: object) => boolean} hasCompareAndSet whether its `compareAndSet` can be used
 */
function bridge(store, hasCompareAndSet) {
  const call = async (operation, key, value, expected, px) => {
    try {
      return await operations[operation](store, key, value, expected, px)
    } catch (thrown) {
      // The thrown message may hold a key or a value, so it stays in the cause.
      const malformed = Malformed.is(thrown)
      const detail = malformed ? thrown.message : `failed in ${operation}()`
      return JSON.stringify({ error: { cause: keepCause(thrown), detail, malformed } })
    }
  }
  return NativeStore.javascript(call, hasCompareAndSet(store))
}

class Malformed extends Error {
  #brand

  /** Unlike instanceof, asks nothing of what was thrown: a revoked proxy throws when it is asked. */
  static is(thrown) {
    return typeof thrown === 'object' && thrown !== null && #brand in thrown
  }
}

const operations = {
  async get(store, key) {
    return reply(text(await store.get(key)))
  },
  async set(store, key, value, _expected, px) {
    await store.set(key, JSON.parse(value), lifetime(px))
    return reply('null')
  },
  async del(store, key) {
    await store.del(key)
    return reply('null')
  },
  async compareAndSet(store, key, value, expected, px) {
    const answer = await store.compareAndSet(key, parsed(expected), parsed(value), lifetime(px))
    if (typeof answer !== 'boolean') {
      throw new Malformed('answered with something other than true or false to compareAndSet')
    }
    return reply(answer)
  },
}

function reply(text) {
  return `{"value":${text}}`
}

/** A stored value as JSON text. Some clients parse what they read and some do not. */
function text(value) {
  if (value === undefined || value === null) return 'null'
  try {
    if (typeof value !== 'string') return JSON.stringify(value) ?? 'null'
    JSON.parse(value)
    return value
  } catch (cause) {
    throw new Malformed('holds something that is not JSON', { cause })
  }
}

function parsed(text) {
  return typeof text === 'string' ? JSON.parse(text) : null
}

/** A value without an end is set without options, as some clients refuse `px: undefined`. */
function lifetime(px) {
  return typeof px === 'number' ? { px } : undefined
}

module.exports = { bridge }
