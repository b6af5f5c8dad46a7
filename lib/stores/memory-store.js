'use strict'

const { NativeStore } = require('../native/binary.js')
const { invalid } = require('../option-checks.js')
const { NativeBackedStore, natives } = require('./native-backed-store.js')

/** The shared memory stores that this copy of the module handed out. */
const shared = new Map()

const SHARED_NAME = 'default'

/** Marks, for every copy of this package in the process, that the warning was given. */
const WARNED = Symbol.for('@chatbotkit/nextauth: memory store warning')

/**
 * Says once, in production, what a memory store cannot do. At the first use, not when it is made:
 * `next build` loads the configuration with NODE_ENV=production.
 */
function warnInProduction() {
  if (globalThis[WARNED] || process.env.NODE_ENV !== 'production') return
  Object.defineProperty(globalThis, WARNED, { value: true })
  process.emitWarning(
    'MemoryStore forgets everything when the process ends and shares nothing with other processes. Use a persistent store in production.',
    { code: 'CHATBOTKIT_MEMORY_STORE' },
  )
}

/** Values in the memory of this process. */
class MemoryStore extends NativeBackedStore {
  constructor() {
    super(NativeStore.memory())
  }

  /**
   * The memory store of that name, the same for every copy of a configuration module in this
   * process: Next.js evaluates one several times.
   *
   * @param {string} [name]
   */
  static shared(name = SHARED_NAME) {
    if (typeof name !== 'string') throw invalid('The name of a shared store has to be a string')
    let store = shared.get(name)
    if (!store) {
      store = new MemoryStore()
      natives.set(store, NativeStore.memory(name))
      shared.set(name, store)
    }
    return store
  }

  /** How many keys are alive. */
  get size() {
    return natives.get(this)?.size ?? 0
  }

  /** Removes every key. */
  clear() {
    natives.get(this)?.clear()
  }
}

module.exports = { MemoryStore, warnInProduction }
