/**
 * Figures of a process that does one thing and ends: `node alone.mjs load` and so on. Prints JSON.
 */
import { createRequire } from 'node:module'
import { SECRET, SESSION_AGE, tokenOf } from './population.mjs'

const require = createRequire(import.meta.url)

/** Enough adapters to see what one of them costs. */
const ADAPTERS = 1_000

const SESSIONS = 100_000

/** How often as many calls are made before: V8's heap has stopped growing by then. */
const WARMUPS = 5

function load() {
  const began = performance.now()
  const index = require('../index.js')
  return { index, milliseconds: performance.now() - began }
}

function rss() {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage.rss()
}

const figures = {
  /** How long `require` takes, in ms. */
  load: () => ({ load: load().milliseconds }),

  /** How long the first call takes after that, with connecting, in ms. */
  async firstCall(apiUrl) {
    const { ChatBotKitPartnerAdapter, MemoryStore } = load().index
    const options = { store: new MemoryStore(), secret: SECRET, baseUrl: apiUrl }
    const adapter = ChatBotKitPartnerAdapter(options)
    const began = performance.now()
    await adapter.getUserByEmail('user0@example.com')
    return { firstCall: performance.now() - began }
  },

  /** What an adapter costs that was made and not used, in bytes. */
  adapters() {
    const { ChatBotKitPartnerAdapter, MemoryStore } = load().index
    const make = () => ChatBotKitPartnerAdapter({ store: new MemoryStore(), secret: SECRET })
    const kept = [make()]
    const before = rss()
    for (let made = 0; made < ADAPTERS; made += 1) kept.push(make())
    return { adapter: (rss() - before) / (kept.length - 1) }
  },

  /** What 100,000 sessions in a memory store cost, in bytes, and the process with them. */
  async sessions() {
    const { ChatBotKitPartnerAdapter, MemoryStore } = load().index
    const adapter = ChatBotKitPartnerAdapter({ store: new MemoryStore(), secret: SECRET })
    const forEach = async (call) => {
      for (let done = 0; done < SESSIONS; done += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, index) => call(done + index)))
      }
    }
    const make = (expires) =>
      forEach((number) => {
        const userId = `c${String(number).padStart(24, '0')}`
        return adapter.createSession({ sessionToken: tokenOf(number), userId, expires })
      })
    // Many that have ended, which are not kept: the room that V8 takes for calls, and does not give
    // back, is no session's.
    for (let round = 0; round < WARMUPS; round += 1) await make(new Date(0))
    const before = rss()
    await make(new Date(Date.now() + SESSION_AGE))
    const after = rss()
    return { memorySessions: after - before, memorySessionsProcess: after }
  },
}

const [name, ...args] = process.argv.slice(2)
console.log(JSON.stringify(await figures[name](...args)))
