/**
 * Stores written in JavaScript, over a database in this process.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { Store } from '../../index.js'

/** What a database takes before and after it acts: a turn of the event loop, or a millisecond. */
const pause = () => (Math.random() < 0.5 ? nextTurn() : sleep(1))

/** Rows with lifetimes. Several stores may stand for one. */
export class Database {
  #rows = new Map()

  /** Runs `act` as one atomic step, some time during the call. */
  async step(act) {
    await pause()
    const answer = act()
    await pause()
    return answer
  }

  read(key) {
    const row = this.#rows.get(key)
    if (row && row.end <= Date.now()) this.#rows.delete(key)
    return this.#rows.get(key)?.text
  }

  write(key, text, px = Number.POSITIVE_INFINITY) {
    this.#rows.set(key, { text, end: Date.now() + px })
  }

  remove(key) {
    this.#rows.delete(key)
  }

  entries() {
    const alive = [...this.#rows].filter(([key]) => this.read(key) !== undefined)
    return alive.map(([key, { text, end }]) => {
      const ttl = end === Number.POSITIVE_INFINITY ? null : end - Date.now()
      return { key, value: text, ttl }
    })
  }
}

/** The three methods that a store needs. */
export class ThreeMethodStore extends Store {
  constructor(database) {
    super()
    this.database = database
  }

  get(key) {
    return this.database.step(() => {
      const text = this.database.read(key)
      return text === undefined ? null : JSON.parse(text)
    })
  }

  set(key, value, options) {
    return this.database.step(() => this.database.write(key, JSON.stringify(value), options?.px))
  }

  del(key) {
    return this.database.step(() => this.database.remove(key))
  }
}

/** With the fourth method, as docs/stores.md asks for it. */
export class AtomicStore extends ThreeMethodStore {
  compareAndSet(key, expected, value, options) {
    return this.database.step(() => {
      if ((this.database.read(key) ?? 'null') !== JSON.stringify(expected)) return false
      if (value === null) this.database.remove(key)
      else this.database.write(key, JSON.stringify(value), options?.px)
      return true
    })
  }
}

/** @returns {import('./conformance.mjs').Deployment} */
export function javascriptDeployment(name, StoreClass) {
  const database = new Database()
  return {
    name,
    createStore: () => new StoreClass(database),
    keys: async () => database.entries(),
    persist: async (key) => database.write(key, database.read(key)),
    async close() {},
  }
}
