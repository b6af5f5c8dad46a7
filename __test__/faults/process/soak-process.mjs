// Signs people in and out as often as it is told, and reports what it holds.
// Started by soak.test.mjs with `{ kind, options, redis, signIns }` as its argument.

import { ChatBotKitPartnerAdapter, MemoryStore, RedisStore } from '../../../index.js'
import { measure } from './measures.mjs'

/** How many people sign in at a time, and how many there are. */
const CONCURRENCY = 32
const PEOPLE = 100

/** How many times to measure. */
const MEASUREMENTS = 8

const { kind, options, redis, signIns: wanted } = JSON.parse(process.argv[2])

/** A store that honours lifetimes. */
function javascriptStore() {
  const entries = new Map()
  setInterval(() => {
    for (const [key, { end }] of entries) if (end <= Date.now()) entries.delete(key)
  }, 500).unref()
  return {
    get: async (key) => {
      const entry = entries.get(key)
      return entry && entry.end > Date.now() ? entry.value : null
    },
    set: async (key, value, { px = Number.POSITIVE_INFINITY } = {}) =>
      void entries.set(key, { value, end: Date.now() + px }),
    del: async (key) => void entries.delete(key),
  }
}

const store = {
  memory: () => new MemoryStore(),
  redis: () => new RedisStore({ url: redis }),
  javascript: javascriptStore,
}[kind]()
const adapter = ChatBotKitPartnerAdapter({ ...options, store, autoUpdateUser: true })

let signIns = 0

/** A sign-in as NextAuth does it, with a wrong code now and then, an account, and a sign-out. */
async function signIn(person) {
  signIns += 1
  const [number, identifier] = [signIns, `person${person}@example.com`]
  const expires = new Date(Date.now() + 60_000)
  const token = `code ${number}`
  await adapter.createVerificationToken({ identifier, token, expires })
  if (number % 10 === 0) await adapter.useVerificationToken({ identifier, token: 'wrong' })
  const redeemed = await adapter.useVerificationToken({ identifier, token })
  // Somebody else may have signed in with this address, and its other codes be void.
  if (!redeemed) return
  const user = await adapter.getUserByEmail(identifier)
  const account = { userId: user.id, type: 'oauth', provider: 'p', providerAccountId: `${number}` }
  await adapter.linkAccount({ ...account, access_token: 'x'.repeat(500) })
  const sessionToken = `session ${number}`
  await adapter.createSession({ sessionToken, userId: user.id, expires })
  for (let page = 0; page < 3; page += 1) await adapter.getSessionAndUser(sessionToken)
  await adapter.updateSession({ sessionToken, expires: new Date(expires.getTime() + 1_000) })
  await adapter.getUserByAccount(account)
  await adapter.unlinkAccount(account)
  await adapter.deleteSession(sessionToken)
}

async function signInUpTo(count, first) {
  for (let person = first; signIns < count; person = (person + 1) % PEOPLE) await signIn(person)
}

async function main() {
  const measures = []
  for (let n = 1; n <= MEASUREMENTS; n += 1) {
    const count = Math.round((wanted * n) / MEASUREMENTS)
    await Promise.all(Array.from({ length: CONCURRENCY }, (_, lane) => signInUpTo(count, lane * 3)))
    measures.push({ signIns, ...(await measure()) })
  }
  process.stdout.write(JSON.stringify(measures))
  await adapter.close()
  await store.close?.()
}

main()
