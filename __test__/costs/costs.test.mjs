import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ADA } from '../../testing/people.mjs'
import { newCode, newSession, redeem } from '../../testing/records.mjs'
import { ask, redisFor } from '../../testing/redis/servers.mjs'
import { startCounted } from '../conformance/costs.mjs'

// Counts, which are the same on every machine. Times are what `npm run bench` measures.

/**
 * What a key and its record take in Redis at most, in bytes, with the keys' prefix of the tests. The seal
 * takes 28 of them, its envelope 13, and base64 a third; that a code says which attempt made it takes
 * some 30, and when a session was made 24.
 */
const MOST_BYTES = { session: 330, 'sessions-of': 200, codes: 450, user: 540 }

/** Somebody with a proven address signs in by code: the calls of next-auth 4.24, in its order. */
async function signIn(adapter, code, session) {
  await adapter.getUserByEmail(code.identifier)
  await adapter.createVerificationToken(code)
  await redeem(adapter, code)
  await adapter.getUserByEmail(code.identifier)
  const { id } = await adapter.getUserByEmail(code.identifier)
  await adapter.updateUser({ id, emailVerified: new Date() })
  await adapter.createSession(session)
}

test('a whole sign-in waits at most four times for Redis and twice for the API', async (t) => {
  const redis = await redisFor(t)
  const { adapter, ada, costOf } = await startCounted(t, redis)
  const cost = await costOf(() => signIn(adapter, newCode(ADA.email), newSession(ada.id)))
  t.diagnostic(`${cost.roundTrips} round trips (${cost.sent.join(', ')}), API ${cost.requests}`)
  assert.ok(cost.roundTrips <= 4, `${cost.roundTrips} round trips: ${cost.sent}`)
  assert.ok(cost.requests <= 2, `${cost.requests} requests`)
})

test('reading a session sends and receives no more than its two records', async (t) => {
  const redis = await redisFor(t)
  const { adapter, ada, costOf } = await startCounted(t, redis)
  const { sessionToken } = await adapter.createSession(newSession(ada.id))
  await adapter.getSessionAndUser(sessionToken)
  const cost = await costOf(() => adapter.getSessionAndUser(sessionToken))
  t.diagnostic(`${cost.bytes} bytes for ${cost.sent.join(', ')}`)
  assert.deepEqual(cost.sent, ['mget'])
  assert.ok(cost.bytes <= 740, `${cost.bytes} bytes`)
})

test('what is stored of somebody who signs in is small', async (t) => {
  const redis = await redisFor(t)
  const { adapter, ada } = await startCounted(t, redis)
  await adapter.createVerificationToken(newCode(ADA.email))
  const { sessionToken } = await adapter.createSession(newSession(ada.id))
  await adapter.getSessionAndUser(sessionToken)
  const bytes = {}
  for (const key of await ask(redis, 'KEYS', '*')) {
    const [, kind] = /:([a-z-]+):[^:]*$/.exec(`:${key}`)
    bytes[kind] = await ask(redis, 'MEMORY', 'USAGE', key)
  }
  t.diagnostic(JSON.stringify(bytes))
  assert.deepEqual(Object.keys(bytes).sort(), Object.keys(MOST_BYTES).sort())
  for (const [kind, most] of Object.entries(MOST_BYTES)) {
    assert.ok(bytes[kind] <= most, `${kind}: ${bytes[kind]} bytes`)
  }
})

test('loading the package loads its own files and nothing else', () => {
  const script = `
    const before = new Set(process.moduleLoadList)
    require('./index.js')
    const files = Object.keys(require.cache).filter((file) => !file.endsWith('[eval]'))
    const builtin = process.moduleLoadList.filter((name) => !before.has(name))
    console.log(JSON.stringify({ files, builtin }))`
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { files, builtin } = JSON.parse(
    execFileSync(process.execPath, ['-e', script], { cwd: root }),
  )
  // What was counted: each store, adapter and provider that index.js exports, and what they share.
  assert.ok(files.length <= 34, files.join('\n'))
  assert.deepEqual(
    files.filter((file) => !file.startsWith(root) || file.includes('node_modules')),
    [],
  )
  // Nothing that takes long to load, as the HTTP clients and the crypto of Node do.
  const heavy = /^NativeModule (http|https|http2|net|tls|crypto|undici|internal\/deps\/undici)/
  assert.deepEqual(
    builtin.filter((name) => heavy.test(name)),
    [],
  )
})

test('a thousand calls at once come back in far fewer turns of the event loop', async (t) => {
  const script = `
    const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
    const adapter = ChatBotKitPartnerAdapter({ store: new MemoryStore() })
    let turn = 0
    const turns = new Set()
    const count = () => { turn += 1; if (ended < 1000) setImmediate(count) }
    let ended = 0
    count()
    const comeBack = () => { ended += 1; turns.add(turn) }
    const some = Array.from({ length: 1000 }, (_, n) => adapter.deleteSession('unknown' + n))
    for (const call of some) call.then(comeBack)
    // Long enough for all of them, so that a busy machine, where turns go by without any, counts the same.
    const end = performance.now() + 300
    while (performance.now() < end);
    Promise.all(some).then(() => console.log(JSON.stringify({ turns: turns.size, ended })))`
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { turns, ended } = JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: root }))
  t.diagnostic(`${ended} calls in ${turns} turns`)
  assert.equal(ended, 1_000)
  assert.ok(turns <= 10, `${turns} turns`)
})
