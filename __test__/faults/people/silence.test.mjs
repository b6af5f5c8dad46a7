import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { after, describe, test } from 'node:test'
import { MemoryStore } from '../../../index.js'
import { UNPROVEN } from '../../../testing/people.mjs'
import { issueCode, newCode, redeem } from '../../../testing/records.mjs'
import { startRedis } from '../../../testing/redis/servers.mjs'
import { mapStore, redisStoreFor } from '../../../testing/stores.mjs'
import { start } from '../api/subject.mjs'

const CHANNEL = 'chatbotkit:nextauth:call'

const redis = await startRedis()
after(() => redis.stop())

const DAY = 86_400_000 // ms

const KNOWN = { email: 'known@example.com', name: 'Known', createdAt: Date.now() - DAY }

/** People who have an account, and addresses that are as long and have none. */
const PAIRS = [
  ['somebody', KNOWN.email, 'knows@example.com'],
  ['somebody who never signed in', UNPROVEN.email, 'uno@example.com'],
]

const STORES = {
  'a MemoryStore': () => new MemoryStore(),
  Redis: (t) => redisStoreFor(t, { url: redis.url }),
  'a store in JavaScript': () => mapStore(),
}

/** What an address is put through by people who do not know whether it has an account. */
const VISITS = {
  'asks for a code': async (adapter, email) => {
    await adapter.getUserByEmail(email)
    await adapter.createVerificationToken(newCode(email))
  },
  'asks for a code again and again': async (adapter, email) => {
    for (let count = 0; count < 12; count += 1) {
      await adapter.getUserByEmail(email)
      await adapter.createVerificationToken(newCode(email))
    }
  },
  'guesses without a code': (adapter, email) => redeem(adapter, newCode(email)),
  'guesses until the codes are void': async (adapter, email) => {
    await adapter.createVerificationToken(newCode(email))
    for (let count = 0; count < 7; count += 1) await redeem(adapter, newCode(email))
  },
  'guesses until the address is refused': async (adapter, email) => {
    for (let count = 0; count < 22; count += 1) {
      await adapter.createVerificationToken(newCode(email))
      for (let guess = 0; guess < 5; guess += 1) await redeem(adapter, newCode(email))
    }
  },
  'redeems a code': async (adapter, email) => {
    const code = await issueCode(adapter, email)
    assert.deepEqual(await redeem(adapter, code), code)
  },
}

/** What can be wrong meanwhile: the answers must not differ then either. */
const CIRCUMSTANCES = {
  '': () => {},
  ' while the API is down': (sandbox) => sandbox.inject({ type: 'status', status: 503 }),
  ' while the API answers with nonsense': (sandbox) => sandbox.inject({ type: 'malformed' }),
  ' while the API allows no more requests': (sandbox) =>
    sandbox.inject({ type: 'status', status: 429 }),
}

/** The work of a visit, call by call, and what the caller was told, without the address itself. */
async function observe(adapter, visit, email) {
  const events = []
  const listener = ({ duration: _, outcome, ...event }) => {
    // Whether somebody was found is what NextAuth learns, not the visitor.
    const isLookUp = event.operation === 'getUserByEmail' && outcome !== 'error'
    events.push({ ...event, outcome: isLookUp ? 'looked up' : outcome })
  }
  subscribe(CHANNEL, listener)
  try {
    await visit(adapter, email).catch(({ code, message }) => {
      events.push({ code, message: message.replace(email, '') })
    })
  } finally {
    unsubscribe(CHANNEL, listener)
  }
  return events
}

for (const [store, make] of Object.entries(STORES)) {
  describe(`on ${store} nobody can tell whether there is an account`, () => {
    for (const [when, break_] of Object.entries(CIRCUMSTANCES)) {
      for (const [what, visit] of Object.entries(VISITS)) {
        test(`of the address with which one ${what}${when}`, async (t) => {
          for (const [who, known, unknown] of PAIRS) {
            const options = { store: make(t), keyPrefix: `${randomUUID()}:`, retries: 1 }
            const users = { users: [KNOWN, UNPROVEN] }
            const { adapter, sandbox } = await start(t, { ...options, retryDelay: 0 }, users)
            break_(sandbox)
            const seen = await observe(adapter, visit, known)
            sandbox.clearRequests()
            assert.deepEqual(await observe(adapter, visit, unknown), seen, who)
          }
        })
      }
    }
  })
}
