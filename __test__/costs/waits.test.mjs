import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { ChatBotKitPartnerAdapter, RedisStore } from '../../index.js'
import { ALL_ON, startSandbox } from '../../testing/adapter.mjs'
import { ADA, EVE, UNPROVEN } from '../../testing/people.mjs'
import { newCode, newSession } from '../../testing/records.mjs'
import { ask, startRedis } from '../../testing/redis/servers.mjs'
import { past } from '../../testing/waiting.mjs'
import { startWaits } from '../../testing/waits.mjs'

// How often each call waits for what is a network away. What is sent together is one wait, be it to
// Redis or to the API; what a call is answered from memory is none.

const redis = await startRedis()
after(() => redis.stop())

/** Adapters whose every wait is counted, with connections that are open. */
async function startFar(t) {
  const sandbox = await startSandbox(t, { users: [ADA, UNPROVEN] })
  const { redisUrl, apiUrl, waitsOf } = await startWaits(t, redis, sandbox)
  const keyPrefix = `waits-${Math.random()}:`
  const connect = async () => {
    const store = new RedisStore({ url: redisUrl })
    t.after(() => store.close())
    await store.ping()
    const api = { baseUrl: apiUrl, secret: sandbox.secret, apiRoutes: 'partner', retries: 0 }
    const options = { ...ALL_ON, ...api, store, keyPrefix }
    const adapter = ChatBotKitPartnerAdapter(options)
    await adapter.getUser('cnobody')
    return adapter
  }
  return { adapter: await connect(), connect, waitsOf, users: sandbox.users }
}

/** As if she had signed in elsewhere a while ago: nothing is left of that but her id. */
async function signedInElsewhere(far) {
  await signIn(far, far.adapter, far.adapter, ADA.email)
  for (const key of await ask(redis, 'KEYS', '*')) {
    if (!key.includes('id-of:')) await ask(redis, 'DEL', key)
  }
}

/** What next-auth calls, in its order, when somebody signs in by code, with how often each waits. */
async function signIn({ waitsOf }, asked, brought, email) {
  const waits = []
  const count = async (name, call) => {
    const counted = await waitsOf(call)
    waits.push(`${name} ${counted.waits}`)
    return counted.value
  }
  const code = newCode(email)
  await count('getUserByEmail', () => asked.getUserByEmail(email))
  await count('createVerificationToken', () => asked.createVerificationToken(code))
  const invite = await count('useVerificationToken', () => brought.useVerificationToken(code))
  assert.equal(invite?.identifier, email)
  await count('getUserByEmail', () => brought.getUserByEmail(email))
  const found = await count('getUserByEmail', () => brought.getUserByEmail(email))
  const emailVerified = new Date()
  const user = found
    ? await count('updateUser', () => brought.updateUser({ id: found.id, emailVerified }))
    : await count('createUser', () => brought.createUser({ email, emailVerified }))
  await count('createSession', () => brought.createSession(newSession(user.id)))
  return waits
}

/** The waits of a sign-in, where those named differ from none. */
function expected({ asked, redeemed = 1, written = 'updateUser 0' }) {
  return [
    `getUserByEmail ${asked}`,
    'createVerificationToken 1',
    `useVerificationToken ${redeemed}`,
    'getUserByEmail 0',
    'getUserByEmail 0',
    written,
    'createSession 1',
  ]
}

describe('a sign-in waits', () => {
  test('four times for somebody who signed in here before', async (t) => {
    const far = await startFar(t)
    await signIn(far, far.adapter, far.adapter, ADA.email)
    // So long the first sign-in answers look-ups from memory: `cacheTtl`.
    await past(new Date(Date.now() + 2_000))
    const waits = await signIn(far, far.adapter, far.adapter, ADA.email)
    assert.deepEqual(waits, expected({ asked: 1 }))
  })

  test('five times for somebody who signed in elsewhere before', async (t) => {
    const far = await startFar(t)
    await signedInElsewhere(far)
    const adapter = await far.connect()
    const waits = await signIn(far, adapter, adapter, ADA.email)
    assert.deepEqual(waits, expected({ asked: 2 }))
  })

  test('once more where the code is redeemed elsewhere: its record has to be read', async (t) => {
    const far = await startFar(t)
    await signedInElsewhere(far)
    const waits = await signIn(far, await far.connect(), await far.connect(), ADA.email)
    assert.deepEqual(waits, expected({ asked: 2, redeemed: 2 }))
  })

  test('seven times for somebody new', async (t) => {
    const far = await startFar(t)
    const waits = await signIn(far, far.adapter, far.adapter, EVE.email)
    assert.deepEqual(waits, expected({ asked: 2, written: 'createUser 2' }))
    assert.equal(far.users.findByEmail(EVE.email).email, EVE.email)
  })

  test('eight times for somebody whose address is proven for the first time', async (t) => {
    const far = await startFar(t)
    const waits = await signIn(far, far.adapter, far.adapter, UNPROVEN.email)
    assert.deepEqual(waits, expected({ asked: 2, written: 'updateUser 3' }))
  })
})

/** How often a call waits. What `prepare` returns is handed to the call. */
const CALLS = {
  getUser: [1, {}, (adapter, { ada }) => adapter.getUser(ada.id)],
  getSessionAndUser: [
    1,
    {
      async prepare(adapter, { ada }) {
        const { sessionToken } = await adapter.createSession(newSession(ada.id))
        await adapter.getSessionAndUser(sessionToken)
        return sessionToken
      },
    },
    (adapter, { prepared }) => adapter.getSessionAndUser(prepared),
  ],
  createSession: [1, {}, (adapter, { ada }) => adapter.createSession(newSession(ada.id))],
  // It is read, changed, and read again: the API answers a change with the id alone.
  updateUser: [3, {}, (adapter, { ada }) => adapter.updateUser({ id: ada.id, name: 'Countess' })],
  'updateUser that changes nothing': [
    1,
    {},
    (adapter, { ada }) => adapter.updateUser({ id: ada.id, name: ADA.name }),
  ],
  'useVerificationToken with a wrong code': [
    1,
    { prepare: (adapter) => adapter.createVerificationToken(newCode(ADA.email)) },
    (adapter) => adapter.useVerificationToken(newCode(ADA.email)),
  ],
}

describe('the waits', () => {
  for (const [name, [most, { prepare }, call]] of Object.entries(CALLS)) {
    test(`of ${name} are ${most}`, async (t) => {
      const { adapter, users, waitsOf } = await startFar(t)
      const ada = users.findByEmail(ADA.email)
      const prepared = await prepare?.(adapter, { ada })
      const { waits } = await waitsOf(() => call(adapter, { ada, prepared }))
      assert.equal(waits, most)
    })
  }
})
