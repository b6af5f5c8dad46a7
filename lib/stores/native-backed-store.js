'use strict'

const { Invalid, identifier, json, readArguments } = require('../arguments.js')
const { ChatBotKitError } = require('../error.js')
const { handled } = require('../handled.js')
const binary = require('../native/binary.js')
const { call: callNative, errorOf } = require('../native/call.js')
const { Store } = require('./store.js')

const native = binary.store

/**
 * The native store of each store object, and the methods that the object has from here. Kept at the
 * binary, which a process has once: a bundler makes several copies of this module, and an adapter of one
 * may be given a store of another.
 */
binary.storeObjects ??= { natives: new WeakMap(), prototypes: new WeakMap() }
const { natives, prototypes } = binary.storeObjects

/** The calls of each store object that are under way. */
const underWay = new WeakMap()

const METHODS = ['get', 'set', 'del', 'compareAndSet']

/** A store whose work is done by the native code. */
class NativeBackedStore extends Store {
  /** @param {import('../../native.js').NativeStore} handle */
  constructor(handle) {
    super()
    natives.set(this, handle)
    prototypes.set(this, NativeBackedStore.prototype)
    underWay.set(this, new Set())
  }

  get(key) {
    return handled(call(this, 'get', readKey, [key]).then(parsed))
  }

  set(key, value, options) {
    // Nothing is what is not there, for compareAndSet as well.
    if (value === null || value === undefined) {
      return NativeBackedStore.prototype.del.call(this, key)
    }
    return handled(call(this, 'set', readSet, [key, value, options]).then(nothing))
  }

  del(key) {
    return handled(call(this, 'del', readKey, [key]).then(nothing))
  }

  compareAndSet(key, expected, value, options) {
    return handled(call(this, 'compareAndSet', readCompareAndSet, [key, expected, value, options]))
  }
}

function readKey(key) {
  return [identifier('key', key)]
}

function readSet(key, value, options) {
  return [identifier('key', key), json(value), lifetime(options)]
}

function readCompareAndSet(key, expected, value, options) {
  const optional = (it) => (it === null || it === undefined ? undefined : json(it))
  return [identifier('key', key), optional(expected), optional(value), lifetime(options)]
}

/** How long a value is kept, in milliseconds, if it has an end. */
function lifetime(options) {
  const px = options?.px
  if (px === null || px === undefined) return undefined
  if (typeof px === 'number' && !Number.isNaN(px)) return px
  throw new Invalid('px has to be a number of milliseconds')
}

function parsed(text) {
  return text === null ? null : JSON.parse(text)
}

function nothing() {}

/** Calls a method of the native store behind `store`. */
async function call(store, operation, read = () => [], args = []) {
  const nativeArguments = readArguments(operation, read, args)
  const pending = underWay.get(store)
  if (!pending) throw detached(operation)
  const promise = callNative(native[operation], natives.get(store), ...nativeArguments)
  pending.add(promise)
  try {
    const outcome = await promise
    const error = errorOf(operation, outcome)
    if (error) throw error
    return outcome.ok
  } finally {
    pending.delete(promise)
  }
}

function detached(operation) {
  const message = `${operation} failed: it was called without the store that it is a method of`
  return new ChatBotKitError('ERR_INVALID_ARGUMENT', message, { operation })
}

/** Resolves when the native store behind `store` answers. */
function ping(store) {
  return handled(call(store, 'ping').then(nothing))
}

/** Closes the native store behind `store` when the calls that are under way have ended. */
function close(store) {
  const ended = Promise.allSettled(underWay.get(store) ?? [])
  return handled(ended.then(() => call(store, 'close')).then(nothing))
}

/** The method that `store` has from the copy of this module that made it. */
function inherited(store, name) {
  return (prototypes.get(store) ?? NativeBackedStore.prototype)[name]
}

/**
 * Whether the `compareAndSet` of `store` is its own. One that a subclass inherited would pass by
 * the methods that the subclass changed.
 */
function hasOwnCompareAndSet(store) {
  const { compareAndSet } = store
  return typeof compareAndSet === 'function' && compareAndSet !== inherited(store, 'compareAndSet')
}

/**
 * The native store behind `store`, which needs no detour through JavaScript; none when a subclass
 * changed one of its methods.
 */
function nativeOf(store) {
  const handle = natives.get(store)
  const untouched = (name) => store[name] === inherited(store, name)
  return handle && METHODS.every(untouched) ? handle : undefined
}

module.exports = { NativeBackedStore, close, hasOwnCompareAndSet, nativeOf, natives, ping }
