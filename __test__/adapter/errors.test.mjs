import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  ChatBotKitContactAdapter,
  ChatBotKitEmailProvider,
  ChatBotKitError,
  ChatBotKitPartnerAdapter,
  MemoryStore,
  RedisStore,
} from '../../index.js'
import edge from '../../lib/edge.js'
import { anotherAdapter, reach, startAdapter } from '../../testing/adapter.mjs'
import { createCertificates } from '../../testing/certificates.mjs'
import { ROOT } from '../../testing/child.mjs'
import { listenFor } from '../../testing/listening.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, BOB, EVE } from '../../testing/people.mjs'
import { issueCode, newCode } from '../../testing/records.mjs'

const read = (...parts) => readFileSync(path.join(ROOT, ...parts), 'utf8')
const codesIn = (text) => [...new Set(text.match(/\bERR_[A-Z_]+\b/g))].sort()

const DOCUMENTED = codesIn(/type ChatBotKitErrorCode =(.*?)\n\n/s.exec(read('index.d.ts'))[1])

const ALL_ON = { autoCreateUser: true, autoDeleteUser: true }
const ACCOUNT = { type: 'oauth', provider: 'p', providerAccountId: '1', userId: 'cada' }
const PASSKEY = { ...ACCOUNT, credentialID: 'x', credentialPublicKey: 'x', counter: 0 }
const noStore = { get() {}, set() {}, del() {} }

/** How each code comes about. `start` gives an adapter and its sandbox. */
const CASES = {
  async ERR_ACCOUNT_TAKEN(start) {
    const { adapter, sandbox } = await start({})
    const { id } = sandbox.users.add(ADA)
    await adapter.linkAccount({ ...ACCOUNT, userId: id })
    return adapter.linkAccount({ ...ACCOUNT, userId: sandbox.users.add(BOB).id })
  },
  ERR_API_FORBIDDEN: status(403),
  async ERR_API_LIMIT_REACHED(start) {
    const { adapter, sandbox } = await start(ALL_ON)
    sandbox.inject({ type: 'status', status: 429, code: 'LIMITS_REACHED' })
    return adapter.createUser(EVE)
  },
  ERR_API_RATE_LIMITED: status(429),
  ERR_API_REJECTED: status(422),
  ERR_API_RESPONSE: fault({ type: 'malformed' }),
  ERR_API_TIMEOUT: fault({ type: 'hang' }, { timeout: 50 }),
  ERR_API_UNAUTHENTICATED: status(401),
  ERR_API_UNAVAILABLE: status(503),
  ERR_API_UNREACHABLE: fault({ type: 'reset' }),
  async ERR_API_UNTRUSTED(start, t) {
    const { selfSigned } = await createCertificates()
    const server = https.createServer(selfSigned.tls, (_, response) => response.end('{}'))
    server.on('tlsClientError', () => {})
    const baseUrl = `https://localhost:${(await listenFor(t, server)).port}`
    const { adapter } = await start({ baseUrl, secret: 'x' })
    return adapter.getUserByEmail(ADA.email)
  },
  ERR_AUTHENTICATOR_NOT_FOUND: async (start) =>
    (await start({})).adapter.updateAuthenticatorCounter('x', 1),
  ERR_APPROVAL_PENDING: async (start) =>
    (await start({ autoCreateUser: 'approval' })).adapter.createUser(EVE),
  async ERR_AUTHENTICATOR_TAKEN(start) {
    const { adapter, sandbox } = await start({})
    const { id } = sandbox.users.add(ADA)
    await adapter.createAuthenticator({ ...PASSKEY, userId: id })
    return adapter.createAuthenticator({ ...PASSKEY, userId: sandbox.users.add(BOB).id })
  },
  async ERR_CLOSED(start) {
    const store = new RedisStore({ url: 'redis://127.0.0.1:9' })
    const { adapter } = await start({ store })
    await store.close()
    return adapter.createVerificationToken(newCode(ADA.email))
  },
  async ERR_CODE_LOST(start) {
    const entries = new Map()
    let writes = 0
    const store = {
      get(key) {
        // What was consumed cannot be put back.
        if (writes === 2) throw new Error('The store is down')
        return entries.get(key)
      },
      set(key, value) {
        writes += 1
        entries.set(key, value)
      },
      del: (key) => entries.delete(key),
    }
    const { adapter, sandbox } = await start({ store })
    const code = await issueCode(adapter, EVE.email)
    sandbox.inject({ route: 'list', type: 'status', status: 503 })
    return adapter.useVerificationToken(code)
  },
  async ERR_CONTACT_UNUSABLE(start) {
    const { sandbox } = await start({})
    const fault = { type: 'status', status: 500, message: 'Contact is not verified' }
    sandbox.inject({ route: 'contact/ensure', ...fault })
    const options = { ...reach(sandbox), store: new MemoryStore(), autoCreateContact: true }
    return ChatBotKitContactAdapter(options).createUser(EVE)
  },
  ERR_CREATE_DISABLED: async (start) => (await start({})).adapter.createUser(EVE),
  ERR_DELETE_DISABLED: async (start) => (await start({})).adapter.deleteUser('cx'),
  async ERR_EMAIL_TAKEN(start) {
    const { adapter, sandbox } = await start(ALL_ON)
    sandbox.users.add(ADA)
    return adapter.createUser({ email: ADA.email })
  },
  ERR_INVALID_ARGUMENT: async (start) => (await start({})).adapter.getUser(5),
  ERR_INVALID_OPTION: async () => ChatBotKitPartnerAdapter({ retries: -1 }),
  ERR_MISSING_SECRET: async (start) => (await start({ secret: '' })).adapter.getUser('cx'),
  async ERR_NO_SENDER() {
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    try {
      await ChatBotKitEmailProvider().sendVerificationRequest({ identifier: 'x', token: 'y' })
    } finally {
      if (before === undefined) delete process.env.NODE_ENV
      else process.env.NODE_ENV = before
    }
  },
  async ERR_RECORD_SEALED(start) {
    const { sandbox, store } = await start({})
    const account = { ...ACCOUNT, userId: sandbox.users.add(ADA).id }
    sandbox.addSecret('before')
    await anotherAdapter(sandbox, { store, secret: 'before' }).linkAccount(account)
    return anotherAdapter(sandbox, { store }).linkAccount(account)
  },
  ERR_REQUEST_NOT_FOUND: async (start) => (await start({})).adapter.approve(EVE.email),
  ERR_RUNTIME: () => edge.ChatBotKitPartnerAdapter({}).getUser('x'),
  async ERR_SESSION_TAKEN(start) {
    const { adapter, sandbox } = await start({})
    const session = { sessionToken: 'x', expires: new Date(Date.now() + 60_000) }
    await adapter.createSession({ ...session, userId: sandbox.users.add(ADA).id })
    return adapter.createSession({ ...session, userId: sandbox.users.add(BOB).id })
  },
  ERR_STORE: brokenStore({ get: () => Promise.reject(new Error('x')) }),
  ERR_STORE_VALUE: brokenStore({ get: () => 'no JSON' }),
  async ERR_UPDATE_DISABLED(start) {
    const { adapter, sandbox } = await start({ autoUpdateUser: false })
    const { id } = sandbox.users.add(BOB)
    return adapter.updateUser({ id, name: 'x' })
  },
  ERR_USER_NOT_FOUND: async (start) => (await start({})).adapter.updateUser({ id: 'cx' }),
}

/** Codes that are not made here, and why. */
const ELSEWHERE = {
  ERR_INTERNAL:
    'only a fault of the native code, or a system without random numbers, makes it; src/binding/outcome.rs tests it with a panic',
  ERR_RATE_LIMITED: 'is of no adapter; __test__/guard/requests.test.mjs has it',
  ERR_STORE_TIMEOUT: 'takes ten seconds; broken-store.test.js waits for it',
}

function fault(injected, options = {}) {
  return async (start) => {
    const { adapter, sandbox } = await start(options)
    sandbox.inject(injected)
    return adapter.getUserByEmail(ADA.email)
  }
}

function status(number) {
  return fault({ type: 'status', status: number })
}

function brokenStore(methods) {
  return async (start) => {
    const { adapter } = await start({ store: { ...noStore, ...methods } })
    return adapter.createVerificationToken(newCode(ADA.email))
  }
}

describe('the codes of errors', () => {
  for (const [code, produce] of Object.entries(CASES)) {
    test(`${code} comes about`, async (t) => {
      const start = (options) => startAdapter(t, options)
      await assert.rejects(produce(start, t), failure(code))
    })
  }

  test('in index.d.ts are those that come about, and no others', () => {
    const known = [...Object.keys(CASES), ...Object.keys(ELSEWHERE)].sort()
    assert.deepEqual(known, DOCUMENTED)
  })

  test('in index.d.ts are those in the sources', () => {
    // What is thrown when the package cannot be loaded is no ChatBotKitError: docs/platforms.md.
    const unthrown = ['binary.js', 'missing-binary.js'].map((name) => path.join('native', name))
    const scripts = readdirSync(path.join(ROOT, 'lib'), { recursive: true }).filter(
      (file) => file.endsWith('.js') && !unthrown.includes(file),
    )
    const sources = [
      ...scripts.map((file) => read('lib', file)),
      read('src', 'binding', 'outcome.rs'),
    ]
    assert.deepEqual(codesIn(sources.join('\n')), DOCUMENTED)
  })

  test('in index.d.ts are those in docs/errors.md', {
    skip: !existsSync(path.join(ROOT, 'docs', 'errors.md')) && 'there is no docs/errors.md',
  }, () => {
    assert.deepEqual(codesIn(read('docs', 'errors.md')), DOCUMENTED)
  })

  test('that the documentation of a method names are codes', () => {
    assert.deepEqual(codesIn(read('index.d.ts')), DOCUMENTED)
  })
})

describe('an error', () => {
  test('has the caller’s frame in its stack', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    sandbox.inject({ type: 'status', status: 500 })
    async function theCallerOfThis() {
      await adapter.getUserByEmail(ADA.email)
    }
    await assert.rejects(theCallerOfThis(), ({ stack }) => {
      assert.match(stack, /^ChatBotKitError: getUserByEmail failed/)
      assert.match(stack, /theCallerOfThis/)
      assert.ok(stack.includes(fileURLToPath(import.meta.url)))
      return true
    })
    function theMakerOfThis() {
      ChatBotKitPartnerAdapter({ wrong: 1 })
    }
    assert.throws(theMakerOfThis, ({ stack }) => /theMakerOfThis/.test(stack))
  })

  test('tells what was tried, on which host, and what came of it', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    sandbox.inject({ type: 'status', status: 422, message: 'no such thing' })
    const error = await adapter.getUserByEmail(ADA.email).catch((it) => it)
    const { operation, status: number, apiCode, retryable, message } = error
    assert.deepEqual(
      [operation, number, apiCode, retryable],
      ['getUserByEmail', 422, 'UNPROCESSABLE_ENTITY', false],
    )
    assert.ok(message.includes(new URL(sandbox.url).host) && message.includes('no such thing'))
  })

  test('has only the members that apply, each its own', async (t) => {
    const { adapter } = await startAdapter(t)
    const error = await adapter.createUser(EVE).catch((it) => it)
    assert.deepEqual(Object.keys(error).sort(), ['code', 'operation', 'retryable'])
    assert.equal('cause' in error, false)
    assert.equal(Object.prototype.toString.call(error), '[object Error]')
  })

  test('can be made by an application, for its own tests', () => {
    const cause = {}
    const error = new ChatBotKitError('ERR_API_TIMEOUT', 'x', { cause, status: 1, retryable: true })
    assert.ok(error instanceof Error)
    assert.deepEqual([error.code, error.message, error.status], ['ERR_API_TIMEOUT', 'x', 1])
    assert.equal(error.cause, cause)
    assert.equal(new ChatBotKitError('ERR_STORE', 'x').retryable, false)
    class Own extends ChatBotKitError {}
    assert.equal(new Own('ERR_STORE', 'x').name, 'ChatBotKitError')
  })

  test('shows the API’s words on one line and not at length', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    sandbox.inject({
      type: 'status',
      status: 500,
      message: `a\r\nb\0\u001b[31m${'x'.repeat(10_000)}`,
    })
    await assert.rejects(adapter.getUserByEmail(ADA.email), ({ message }) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(message, /[\u0000-\u001f\u007f]/)
      assert.ok(message.length < 600, `${message.length}`)
      return true
    })
  })
})
