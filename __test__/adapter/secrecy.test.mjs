import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import util from 'node:util'
import { ChatBotKitEmailProvider, MemoryStore } from '../../index.js'
import { startAdapter } from '../../testing/adapter.mjs'
import { ADA, EVE } from '../../testing/people.mjs'
import { newCode, redeem } from '../../testing/records.mjs'

const SECRET = 'sk-0123456789-secret'
const HEADER = 'header-0123456789-secret'
const CODE = newCode(ADA.email)
const SESSION = { sessionToken: 'session-0123456789', userId: 'cada', expires: CODE.expires }
const ACCOUNT = {
  ...{ type: 'oauth', provider: 'p', providerAccountId: '1', userId: 'cada' },
  ...{ access_token: 'access-0123456789', refresh_token: 'refresh-0123456789' },
}
const TOKENS = [SESSION.sessionToken, ACCOUNT.access_token, ACCOUNT.refresh_token]

/** All the ways in which something gets into a log. */
function printed(value) {
  const inspected = [
    util.inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    util.inspect(value, { depth: 10, showHidden: true, getters: true, showProxy: true }),
    util.format('%s %o %O %j', value, value, value, value),
    JSON.stringify(value) ?? '',
  ]
  const isError = value instanceof Error
  return [...inspected, ...(isError ? [value.message, value.stack, `${value}`] : [])].join('\n')
}

function assertSilent(value, what, secrets = [SECRET, HEADER, CODE.token, ...TOKENS]) {
  const text = printed(value)
  for (const secret of secrets) {
    assert.ok(!text.includes(secret), `${what} shows ${secret}: ${text.slice(0, 2_000)}`)
    const encoded = Buffer.from(secret).toString('base64').replace(/=+$/, '')
    assert.ok(!text.includes(encoded), `${what} shows ${secret} in base64`)
  }
}

function start(t, options) {
  const own = { secret: SECRET, headers: { 'x-key': HEADER }, autoCreateUser: true, ...options }
  return startAdapter(t, own, { secret: SECRET, users: [{ ...ADA, id: ACCOUNT.userId }] })
}

/** Answers of an API, or of something in its place, that repeat what they were sent. */
const ECHOES = [
  { type: 'status', status: 400, message: `bad token ${SECRET}` },
  { type: 'status', status: 401, message: `Bearer ${SECRET}` },
  { type: 'status', status: 500, code: SECRET, message: `${SECRET}${SECRET}` },
  { type: 'status', status: 500, message: `${'x'.repeat(190)}${SECRET}` },
  { type: 'status', status: 500, message: SECRET.split('').join('\u0007') },
  { type: 'status', status: 500, message: SECRET.replace('-', '-\u0000') },
  { type: 'status', status: 429, headers: { 'x-failure-code': SECRET, 'retry-after': SECRET } },
  { type: 'error200', code: SECRET, message: SECRET },
  { type: 'redirect', location: `http://127.0.0.1:9/?${SECRET}` },
  { type: 'body', json: { [SECRET]: SECRET } },
  { type: 'body', json: { id: SECRET, items: [SECRET] } },
  { type: 'body', json: SECRET },
]

describe('no secret, code or token is shown', () => {
  test('by an adapter, before and after it was used', async (t) => {
    const { adapter } = await start(t)
    assertSilent(adapter, 'a new adapter')
    await adapter.createVerificationToken(CODE)
    await redeem(adapter, CODE)
    assertSilent(adapter, 'a used adapter')
    for (const method of Object.values(adapter)) assertSilent(String(method), 'its source')
  })

  test('by a memory store that holds codes', async (t) => {
    for (const store of [new MemoryStore(), MemoryStore.shared('secrecy')]) {
      const { adapter } = await start(t, { store })
      await adapter.createVerificationToken(CODE)
      await adapter.createSession(SESSION)
      await adapter.linkAccount(ACCOUNT)
      assert.ok(store.size >= 3)
      assertSilent(store, 'the store')
      assert.deepEqual(Object.keys(store), [])
    }
  })

  test('by the errors of an API that repeats them', async (t) => {
    for (const echo of ECHOES) {
      const { adapter, sandbox } = await start(t)
      sandbox.inject(echo)
      for (const call of [
        () => adapter.getUserByEmail(ADA.email),
        () => adapter.getUser('cx'),
        () => adapter.createUser(EVE),
      ]) {
        const error = await call().catch((it) => it)
        assert.ok(error instanceof Error, `${JSON.stringify(echo)} became ${error}`)
        assertSilent(error, JSON.stringify(echo), [SECRET])
      }
    }
  })

  test('by the errors of a network that fails', async (t) => {
    for (const type of ['reset', 'reset-body', 'truncate', 'hang', 'huge', 'html']) {
      const { adapter, sandbox } = await start(t, { timeout: 100 })
      sandbox.inject({ type })
      await adapter.createVerificationToken(CODE)
      assertSilent(await redeem(adapter, CODE).catch((error) => error), type)
    }
    for (const baseUrl of ['http://127.0.0.1:9', 'http://name.invalid']) {
      const { adapter } = await start(t, { baseUrl })
      assertSilent(await adapter.getUserByEmail(ADA.email).catch((error) => error), baseUrl)
    }
  })

  test('by the errors of wrong arguments and of what is switched off', async (t) => {
    const { adapter } = await start(t, { autoCreateUser: false, autoUpdateUser: false })
    for (const call of [
      () => adapter.createVerificationToken({ ...CODE, expires: CODE.token }),
      () => adapter.createVerificationToken({ ...CODE, identifier: [CODE.token] }),
      () => adapter.createVerificationToken({ ...CODE, identifier: `${CODE.token}\ud800` }),
      () => adapter.getUser(`${CODE.token}\ud800`),
      () => adapter.createUser({ email: `${CODE.token}@example.com` }),
      () => adapter.deleteUser(CODE.token),
      () => adapter.updateUser({ id: CODE.token, name: SECRET }),
    ]) {
      const error = await call().catch((it) => it)
      assert.ok(error instanceof Error)
      assertSilent(error, 'the error')
    }
  })

  test('by the message of a store’s error, although the store says what it was given', async (t) => {
    const fail = (key, value) => {
      throw new Error(`cannot use ${key} ${JSON.stringify(value)} ${SECRET} ${CODE.token}`)
    }
    for (const method of ['get', 'set', 'compareAndSet']) {
      const store = { get: () => null, set() {}, del() {}, [method]: fail }
      const { adapter } = await start(t, { store })
      for (const call of [
        () => adapter.createVerificationToken(CODE),
        () => adapter.createSession(SESSION),
        () => adapter.linkAccount(ACCOUNT),
      ]) {
        const error = await call().catch((it) => it)
        assert.equal(error.code, 'ERR_STORE')
        assertSilent(error.message, method)
        assertSilent(JSON.stringify(error), method)
        // Without its cause, which is the store's own business.
        error.cause = undefined
        assertSilent(error, method)
      }
    }
  })

  test('by the errors of accounts and sessions that are refused', async (t) => {
    const { adapter, sandbox } = await start(t)
    const { id } = sandbox.users.findByEmail(ADA.email) ?? sandbox.users.add(ADA)
    await adapter.linkAccount({ ...ACCOUNT, userId: id })
    const circular = { ...ACCOUNT, providerAccountId: '2' }
    circular.self = circular
    for (const call of [
      () => adapter.linkAccount({ ...ACCOUNT, userId: 'cbob' }),
      () => adapter.linkAccount({ ...ACCOUNT, userId: ACCOUNT.access_token.repeat(20) }),
      () => adapter.linkAccount({ ...ACCOUNT, provider: [ACCOUNT.access_token] }),
      () => adapter.linkAccount({ ...ACCOUNT, access_token: `${ACCOUNT.access_token}\ud800` }),
      () => adapter.linkAccount(circular),
      () => adapter.createSession({ ...SESSION, userId: `(${SESSION.sessionToken})` }),
      () => adapter.createSession({ ...SESSION, expires: SESSION.sessionToken }),
      () => adapter.updateSession({ ...SESSION, expires: SESSION.sessionToken }),
      () => adapter.updateSession({ ...SESSION, sessionToken: `${SESSION.sessionToken}\ud800` }),
    ]) {
      const error = await call().catch((it) => it)
      assert.ok(error instanceof Error, JSON.stringify(error))
      assertSilent(error, 'the error')
    }
  })

  test('by a secret that cannot be sent', async (t) => {
    const { adapter } = await start(t, { secret: `${SECRET}\r\nx: y` })
    const error = await adapter.getUserByEmail(ADA.email).catch((it) => it)
    assert.equal(error.code, 'ERR_INVALID_OPTION')
    assertSilent(error, 'the error')
  })

  test('by an e-mail provider', async () => {
    const provider = ChatBotKitEmailProvider()
    const codes = await Promise.all(Array.from({ length: 20 }, provider.generateVerificationToken))
    assertSilent(provider, 'the provider', codes)
  })

  test('to the API: it sees no code', async (t) => {
    const { adapter, sandbox } = await start(t)
    await adapter.createVerificationToken(CODE)
    await redeem(adapter, CODE)
    assert.ok(sandbox.requests.length > 0)
    assertSilent(sandbox.requests, 'the log of requests', [CODE.token])
  })
})
