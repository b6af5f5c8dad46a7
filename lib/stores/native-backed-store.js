'use strict'

const { store: native } = require('../native/binary.js')
const { call: callNative, errorOf } = require('../native/call.js')
const { Store } = require('./store.js')

/** The native store of each store object that this copy of the module made. */
const natives = new WeakMap()

/** The calls of each store object that are under way. */
const underWay = new WeakMap()

const METHODS = ['get', 'set', 'del', 'compareAndSet']

/** A store whose work is done by the native code. */
class NativeBackedStore extends Store {
  /** @param {import('../../native.js').NativeStore} handle */
  constructor(handle) {
    super()
    natives.set(this, handle)
    underWay.set(this, new Set())
  }

  async get(key) {
    const text = await call(this, 'get', key)
    return text === null ? null : JSON.parse(text)
  }

  async set(key, value, options) {
    const text = json(value)
    // Nothing is what is not there, for compareAndSet as well.
    if (text === undefined) await call(this, 'del', key)
    else await call(this, 'set', key, text, options?.px)
  }

  async del(key) {
    await call(this, 'del', key)
  }

  async compareAndSet(key, expected, value, options) {
    return call(this, 'compareAndSet', key, json(expected), json(value), options?.px)
  }
}

/** Calls a method of the native store behind `store`. */
async function call(store, operation, ...args) {
  const pending = underWay.get(store)
  const promise = callNative(native[operation], natives.get(store), ...args)
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

/** Closes the native store behind `store` when the calls that are under way have ended. */
async function close(store) {
  await Promise.allSettled(underWay.get(store))
  await call(store, 'close')
}

/** A value as JSON text; none for null, which compareAndSet reads as "no value". */
function json(value) {
  return value === null || value === undefined ? undefined : JSON.stringify(value)
}

/**
 * Whether the `compareAndSet` of `store` is its own. One that a subclass inherited would pass by
 * the methods that the subclass changed.
 */
function hasOwnCompareAndSet(store) {
  const { compareAndSet } = store
  return (
    typeof compareAndSet === 'function' &&
    compareAndSet !== NativeBackedStore.prototype.compareAndSet
  )
}

/**
 * The native store behind `store`, which needs no detour through JavaScript; none when a subclass
 * changed one of its methods.
 */
function nativeOf(store) {
  const handle = natives.get(store)
  const untouched = (name) => store[name] === NativeBackedStore.prototype[name]
  return handle && METHODS.every(untouched) ? handle : undefined
}

module.exports = { NativeBackedStore, call, close, hasOwnCompareAndSet, nativeOf, natives }
