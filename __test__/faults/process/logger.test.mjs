import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { startAdapter, startApi } from '../../../testing/adapter.mjs'
import { runWell } from '../../../testing/child.mjs'
import { settle } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { everyMethod, prepare } from './every-method.mjs'

const ADDRESS = ADA.email
const expires = new Date(2e12)

/** A logger that keeps what it gets, and how that would look in a log. */
function record() {
  const lines = []
  const level =
    (name) =>
    (...args) => {
      const looks = [inspect(args, { depth: 20, showHidden: true }), JSON.stringify(args)]
      lines.push({ level: name, args, text: looks.join('\n') })
    }
  const logger = { error: level('error'), warn: level('warn'), debug: level('debug') }
  const at = (name) => lines.filter((line) => line.level === name)
  return { logger, lines, at }
}

async function start(t, options) {
  const recorded = record()
  const all = { userCacheTtl: 0, logger: recorded.logger, ...options }
  const { adapter, sandbox, ada } = await startAdapter(t, all, { users: [ADA] })
  return { sandbox, adapter, id: ada.id, ...recorded }
}

describe('a logger', { concurrency: true }, () => {
  test('is told of each call once, at the level of debugging', async (t) => {
    const { adapter, id, lines } = await start(t)
    await prepare(adapter, id)
    lines.length = 0
    for (const [name, call] of Object.entries(everyMethod(id))) {
      await settle(call(adapter))
      const [line, ...others] = lines.splice(0).filter(({ level }) => level === 'debug')
      assert.equal(line.args[0], `chatbotkit:${name}`)
      assert.equal(line.args[1].operation, name)
      assert.deepEqual(others, [])
    }
  })

  // Failures of every kind, in the presence of everything that is secret.
  const FAULTS = [
    undefined,
    { type: 'hang' },
    { type: 'reset' },
    { type: 'html' },
    { type: 'empty' },
    { type: 'malformed' },
    { type: 'status', status: 500 },
    { type: 'status', status: 401 },
    { type: 'status', status: 429 },
    { type: 'body', json: { id: 'somebody', items: [] } },
  ]
  const SECRETS = { secret: 'sandbox-secret', header: 'header-secret', token: 'access-secret' }
  const OWN = { address: ADDRESS, name: 'Ada L.', code: 'code-secret', session: 'session-secret' }

  /** Calls with arguments that must not be told of. */
  const callsWith = (id) => [
    (it) => it.createVerificationToken({ identifier: ADDRESS, token: OWN.code, expires }),
    (it) => it.useVerificationToken({ identifier: ADDRESS, token: `${OWN.code} wrong` }),
    (it) => it.useVerificationToken({ identifier: ADDRESS, token: OWN.code }),
    (it) => it.getUserByEmail(ADDRESS),
    (it) => it.createUser({ email: ADDRESS, name: OWN.name }),
    (it) => it.updateUser({ id, name: OWN.name }),
    (it) => it.createSession({ sessionToken: OWN.session, userId: id, expires }),
    (it) => it.getSessionAndUser(OWN.session),
    (it) =>
      it.linkAccount({
        ...{ userId: id, type: 'oauth', provider: 'p', providerAccountId: ADDRESS },
        access_token: SECRETS.token,
      }),
    (it) => it.getUserByAccount({ provider: 'p', providerAccountId: ADDRESS }),
  ]

  function assertSilent(lines) {
    assert.ok(lines.length > 0)
    for (const { text } of lines) {
      for (const [what, secret] of Object.entries({ ...SECRETS, ...OWN })) {
        assert.ok(!text.includes(secret), `the ${what} is told of: ${text.slice(0, 1_000)}`)
      }
    }
  }

  for (const fault of FAULTS) {
    const what = fault ? `while the API's fault is ${Object.values(fault).join(' ')}` : 'in peace'
    test(`gets no secret, code, token or address ${what.replace('[object Object]', 'of somebody else')}`, async (t) => {
      const own = { timeout: 100, autoCreateUser: true, headers: { 'x-key': SECRETS.header } }
      const { sandbox, adapter, id, lines } = await start(t, own)
      if (fault) sandbox.inject(fault)
      for (const call of callsWith(id)) await settle(call(adapter))
      assertSilent(lines)
    })
  }

  test('gets no secret, code, token or address that the API repeats in its own words', async (t) => {
    const own = { autoCreateUser: true, headers: { 'x-key': SECRETS.header } }
    const { sandbox, adapter, id, lines } = await start(t, own)
    const message = `${ADDRESS} is no address, said ${SECRETS.secret}`
    sandbox.inject({ type: 'status', status: 400, message })
    for (const call of callsWith(id)) await settle(call(adapter))
    assertSilent(lines)
  })

  test('gets nothing of what a store says that repeats what it was given', async (t) => {
    // Clients of databases do so: they put the command that failed into their error.
    const set = (key, value) => {
      if (key.includes(':account:')) throw new Error(`cannot set ${key} ${JSON.stringify(value)}`)
    }
    const store = { get: () => null, set, del() {} }
    const { adapter, id, lines, at } = await start(t, { store })
    for (const call of callsWith(id)) await settle(call(adapter))
    assert.ok(at('error').length > 0)
    assertSilent(lines)
  })

  test('is told of an outage as errors that have the code', async (t) => {
    const { sandbox, adapter, at } = await start(t, { timeout: 1_000 })
    for (const [fault, code] of [
      [{ type: 'hang' }, 'ERR_API_TIMEOUT'],
      [{ type: 'reset' }, 'ERR_API_UNREACHABLE'],
      [{ type: 'status', status: 503 }, 'ERR_API_UNAVAILABLE'],
      [{ type: 'status', status: 401 }, 'ERR_API_UNAUTHENTICATED'],
    ]) {
      sandbox.clearFaults()
      sandbox.inject(fault)
      await settle(adapter.getUserByEmail(ADDRESS))
      assert.equal(at('error').at(-1).args[0].code, code)
    }
    assert.equal(at('error').length, 4)
  })

  test('is not told of refusals that the options ask for as errors', async (t) => {
    const { adapter, id, at, sandbox } = await start(t, { autoUpdateUser: false })
    const eve = sandbox.users.add({ email: 'eve2@example.com' })
    const account = { type: 'oauth', provider: 'p', providerAccountId: '1' }
    await adapter.linkAccount({ ...account, userId: id })
    const codes = []
    for (const call of [
      () => adapter.createUser({ email: 'eve@example.com' }),
      () => adapter.updateUser({ id, name: 'Eve' }),
      () => adapter.deleteUser(id),
      () => adapter.linkAccount({ ...account, userId: eve.id }),
      () => adapter.updateAuthenticatorCounter('none', 1),
    ]) {
      codes.push(await settle(call()))
    }
    assert.deepEqual(codes, [
      'ERR_CREATE_DISABLED',
      'ERR_UPDATE_DISABLED',
      'ERR_DELETE_DISABLED',
      'ERR_ACCOUNT_TAKEN',
      'ERR_AUTHENTICATOR_NOT_FOUND',
    ])
    assert.deepEqual(at('error'), [])
    const told = at('debug').map(({ args }) => args[1].code)
    assert.deepEqual(told.filter(Boolean), codes)
  })

  test('is warned when guesses void codes, and when they lock an address', async (t) => {
    const { adapter, at } = await start(t, { codeAttempts: 2, lockAfter: 3 })
    const guess = () => adapter.useVerificationToken({ identifier: ADDRESS, token: 'wrong' })
    const code = { identifier: ADDRESS, token: 'right', expires }
    for (const guesses of [2, 2]) {
      await adapter.createVerificationToken(code)
      for (let n = 0; n < guesses; n += 1) await guess()
    }
    const warnings = at('warn').map(({ args }) => args)
    assert.deepEqual(warnings, [['CODES_VOIDED'], ['IDENTIFIER_LOCKED'], ['IDENTIFIER_REFUSED']])
  })
})

/** Loggers that do what a logger must not. */
const thrown = new Error('the fault of a logger')
const fail = () => {
  throw thrown
}
const BROKEN = {
  'that throws': { error: fail, warn: fail, debug: fail },
  'that never comes back from what it awaits': { debug: () => new Promise(() => {}) },
  'whose methods are gone when they are needed': {},
  'without any method': {},
  'that changes what it gets': {
    debug(_, event) {
      event.notices = null
      event.operation = undefined
    },
    error(error) {
      error.message = 'changed'
    },
  },
  'that is frozen': Object.freeze({ debug() {} }),
}

describe('a logger', () => {
  for (const [name, logger] of Object.entries(BROKEN)) {
    test(`${name} changes no call`, async (t) => {
      const { adapter, sandbox } = await start(t, { logger })
      if (name.includes('gone')) {
        Object.defineProperty(logger, 'debug', { get: fail, configurable: true })
      }
      const code = { identifier: ADDRESS, token: 'x', expires }
      assert.deepEqual(await adapter.createVerificationToken(code), code)
      assert.equal(await adapter.useVerificationToken({ ...code, token: 'wrong' }), null)
      sandbox.inject({ type: 'status', status: 503 })
      assert.equal(await settle(adapter.getUserByEmail(ADDRESS)), 'ERR_API_UNAVAILABLE')
    })
  }

  // In a process of its own: a rejection that nobody handles ends one.
  test('whose methods are asynchronous and reject changes no call', async (t) => {
    const { options } = await startApi(t)
    const emails = await runWell(
      async (options, answer) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const fail = async () => {
          throw new Error('the fault of a logger')
        }
        const logger = { error: fail, warn: fail, debug: fail }
        const adapter = ChatBotKitPartnerAdapter({ ...options, logger, store: new MemoryStore() })
        const { email } = await adapter.getUserByEmail('ada@example.com')
        await new Promise((resolve) => setTimeout(resolve, 20))
        answer(email)
      },
      { input: options },
    )
    assert.equal(emails, 'ada@example.com')
  })

  test('that calls the adapter for each of its lines gets its answers', async (t) => {
    const own = { lines: 0 }
    const logger = {
      debug() {
        own.lines += 1
        if (own.lines < 20) own.latest = own.adapter.getSessionAndUser('x')
      },
    }
    own.adapter = (await start(t, { logger })).adapter
    assert.equal(await own.adapter.getSessionAndUser('x'), null)
    while (own.lines < 20) await own.latest
    assert.equal(own.lines, 20)
  })

  test('whose level of errors throws is told of the call all the same', async (t) => {
    const told = []
    const logger = { error: fail, debug: (_, { operation }) => told.push(operation) }
    const { adapter, sandbox } = await start(t, { logger })
    sandbox.inject({ type: 'status', status: 503 })
    await settle(adapter.getUserByEmail(ADDRESS))
    assert.deepEqual(told, ['getUserByEmail'])
  })
})
