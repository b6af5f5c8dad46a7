import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import vm from 'node:vm'
import { ChatBotKitPartnerAdapter, ChatBotKitUserAdapter, MemoryStore } from '../../index.js'
import { CONTACT_OPTIONS } from '../../lib/adapter/options.js'
import { startAdapter } from '../../testing/adapter.mjs'
import { ROOT } from '../../testing/child.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'

const SECRET_VALUE = 'sk-do-not-print'

/** What is neither text, number nor flag; `SECRET_VALUE` stands in all that can hold it. */
const ODD = [
  [SECRET_VALUE],
  { [SECRET_VALUE]: SECRET_VALUE },
  { toString: () => SECRET_VALUE },
  Symbol(SECRET_VALUE),
  () => SECRET_VALUE,
  Object(SECRET_VALUE),
  new Error(SECRET_VALUE),
  new Map([[SECRET_VALUE, SECRET_VALUE]]),
  10n,
]
const NUMBERS = [0, 1, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]
const TEXTS = ['', SECRET_VALUE, '10', 'true']
const FLAGS = [true, false]

const notFlag = [...ODD, ...NUMBERS, ...TEXTS, null]
const notText = [...ODD, ...NUMBERS, ...FLAGS]
const notCount = [...ODD, ...TEXTS, ...FLAGS, null, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]

/** For each option, what has to be refused and what has to be taken. */
const OPTIONS = {
  secret: { bad: notText, good: ['x', '', null, undefined, 'schlüssel', ' x\n'] },
  store: {
    bad: [SECRET_VALUE, 5, true, ...ODD],
    good: [null, undefined, new MemoryStore(), { get() {}, set() {}, del() {} }],
  },
  autoCreateUser: { bad: notFlag, good: [true, false, 'approval', undefined] },
  autoUpdateUser: { bad: notFlag, good: [true, false, undefined] },
  autoDeleteUser: { bad: notFlag, good: [true, false, undefined] },
  http2: { bad: notFlag, good: [true, false, undefined] },
  baseUrl: {
    bad: [
      ...notText,
      ...[SECRET_VALUE, '/v1', 'ftp://x.example', 'file:///etc', 'javascript:1', 'http://', 'x:1'],
      `https://user:${SECRET_VALUE}@x.example`,
      `https://${SECRET_VALUE}@x.example`,
    ],
    good: ['https://x.example', 'http://[::1]:80/a/v1/', 'https://x.example/v1?a#b', '', null],
  },
  apiRoutes: {
    bad: [...notText, ...TEXTS, null, 'Partner', 'both'],
    good: ['auto', 'partner', 'user', undefined],
  },
  userFields: {
    bad: [null, SECRET_VALUE, 5, {}, [5], [SECRET_VALUE.concat(' ')], ['email'], ['_x']],
    good: [[], ['role', 'phone_2'], undefined],
  },
  timeout: { bad: [...notCount, 0, 30_001], good: [1, 30_000, undefined] },
  retries: { bad: [...notCount, 11], good: [0, 10, undefined] },
  retryDelay: { bad: [...notCount, 60_001], good: [0, 60_000, undefined] },
  headers: {
    bad: [
      ...[null, SECRET_VALUE, 5, true, [], [SECRET_VALUE], () => {}],
      ...[{ a: 5 }, { a: [SECRET_VALUE] }, { a: null }, { a: undefined }],
      ...[
        { '': 'x' },
        { 'a b': 'x' },
        { 'a\r\nb': 'x' },
        { é: 'x' },
        { a: `${SECRET_VALUE}\r\nb: c` },
      ],
      ...[{ a: '\0' }, { Authorization: SECRET_VALUE }, { HOST: 'x' }, { 'content-length': '0' }],
      ...[{ 'transfer-encoding': 'chunked' }, { 'user-agent': 'x' }, { 'Content-Type': 'x' }],
      // Their members are not properties, so the headers would silently be left out.
      ...[new Map([['x-a', SECRET_VALUE]]), new Headers({ 'x-a': 'b' })],
    ],
    good: [
      {},
      { 'x-a': 'b', 'X-Runas-User-Id': 'c' },
      Object.assign(Object.create(null), { a: 'b' }),
    ],
  },
  keyPrefix: {
    bad: [...ODD, ...NUMBERS, ...FLAGS, null, 'a b', 'a\n', 'é', '\0', 'x'.repeat(129)],
    good: ['', 'a:', 'x'.repeat(128), undefined],
  },
  cacheTtl: { bad: [...notCount, 60_001], good: [0, 60_000, undefined] },
  userCacheTtl: { bad: [...notCount, 3_600_001], good: [0, 3_600_000, undefined] },
  codeAttempts: { bad: [...notCount, 0, 101], good: [1, 100, undefined] },
  lockAfter: { bad: [...notCount, 0, 101], good: [1, 100, undefined] },
  lockFor: { bad: [0, ...notCount, 2 ** 32], good: [1, 2 ** 32 - 1, undefined] },
  seal: { bad: [...ODD, ...NUMBERS, ...TEXTS, null], good: [true, false, 'migrate', undefined] },
  previousSecrets: {
    bad: [SECRET_VALUE, 5, true, {}, [5], [[SECRET_VALUE]], [Object(SECRET_VALUE)], () => {}],
    good: [[], [SECRET_VALUE], ['', undefined, null], null, undefined],
  },
  newUser: {
    bad: [null, 5, SECRET_VALUE, true, [], { role: 'x' }],
    good: [{}, { limits: {}, meta: {}, description: '' }, () => ({}), undefined],
  },
  logger: { bad: [null, 5, 'x', true, { warn: 'no' }], good: [{}, console, undefined] },
}

const make = (options) => ChatBotKitPartnerAdapter({ store: new MemoryStore(), ...options })

describe('an option', () => {
  for (const [name, { bad, good }] of Object.entries(OPTIONS)) {
    test(`${name}: what it cannot be is refused, with its name and without the value`, () => {
      for (const value of bad) {
        assert.throws(
          () => make({ [name]: value }),
          (error) => {
            failure('ERR_INVALID_OPTION', { retryable: false })(error)
            assert.match(error.message, new RegExp(`\\b${name}\\b`))
            assert.ok(!error.stack.includes(SECRET_VALUE), error.stack)
            return true
          },
        )
      }
    })

    test(`${name}: what it can be is taken`, () => {
      for (const value of good) make({ [name]: value })
    })
  }

  test('of another name is refused, also one that every object has', () => {
    const names = [
      'Secret',
      'apiKey',
      'secret ',
      '',
      'toString',
      'constructor',
      'hasOwnProperty',
      '0',
    ]
    for (const name of names) {
      const refused = failure('ERR_INVALID_OPTION', { message: /has no option.*\bsecret\b/ })
      assert.throws(() => make({ [name]: SECRET_VALUE }), refused, name)
      assert.throws(() => make({ [name]: undefined }), refused, name)
    }
    const own = JSON.parse('{"__proto__":{}}')
    assert.throws(() => ChatBotKitPartnerAdapter(own), failure('ERR_INVALID_OPTION'))
  })

  test('is not taken from a prototype', () => {
    const options = Object.create({ store: new MemoryStore() })
    assert.ok(ChatBotKitPartnerAdapter(Object.assign(options, { store: new MemoryStore() })))
  })

  test('of another realm is taken', () => {
    const options = vm.runInNewContext('({ retries: 0, headers: { "x-a": "b" } })')
    make(options)
  })

  test('is one of those that index.d.ts documents', () => {
    const types = readFileSync(path.join(ROOT, 'index.d.ts'), 'utf8')
    const optionsOf = (name) => {
      const body = new RegExp(`interface ${name} (?:extends \\w+ )?\\{(.*?)\\n\\}`, 's').exec(
        types,
      )[1]
      return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, option]) => option)
    }
    const shared = optionsOf('ChatBotKitSharedOptions')
    const partner = [...shared, ...optionsOf('ChatBotKitAdapterOptions')]
    assert.deepEqual(partner.sort(), Object.keys(OPTIONS).sort())
    const contact = [...shared, ...optionsOf('ChatBotKitContactAdapterOptions')]
    assert.deepEqual(contact.sort(), Object.keys(CONTACT_OPTIONS).sort())
  })
})

describe('the options as a whole', () => {
  test('have to be an object, or left out', () => {
    ChatBotKitPartnerAdapter()
    for (const options of [null, 5, SECRET_VALUE, true, () => {}]) {
      assert.throws(() => ChatBotKitPartnerAdapter(options), failure('ERR_INVALID_OPTION'))
    }
  })

  test('may be frozen, are not changed, and are not read again', async (t) => {
    const { sandbox } = await startAdapter(t, {}, { users: [ADA] })
    const options = { secret: sandbox.secret, baseUrl: sandbox.url, store: new MemoryStore() }
    const frozen = ChatBotKitPartnerAdapter(
      Object.freeze({ ...options, headers: Object.freeze({}) }),
    )
    assert.ok(await frozen.getUserByEmail(ADA.email))
    const adapter = ChatBotKitPartnerAdapter(options)
    options.secret = 'wrong'
    options.baseUrl = 'http://127.0.0.1:9'
    assert.ok(await adapter.getUserByEmail(ADA.email))
  })

  test('are the same for both names of the adapter', () => {
    assert.equal(ChatBotKitUserAdapter, ChatBotKitPartnerAdapter)
  })
})

describe('what is sent', () => {
  test('carries the headers that were asked for and the package’s own', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { headers: { 'X-Trace': 'abc' } })
    await adapter.getUserByEmail(ADA.email)
    const [{ headers }] = sandbox.requests
    assert.equal(headers['x-trace'], 'abc')
    assert.equal(headers.accept, 'application/json')
    assert.match(headers['user-agent'], /^chatbotkit-nextauth\/\d/)
  })

  test('carries a secret from a file without its line break', async (t) => {
    const { sandbox } = await startAdapter(t)
    const { adapter } = await startAdapter(
      t,
      { secret: ` ${sandbox.secret}\r\n` },
      { users: [ADA] },
    )
    assert.ok(await adapter.getUserByEmail(ADA.email))
  })

  test('goes to the routes that were asked for', async (t) => {
    for (const apiRoutes of ['partner', 'user']) {
      const { adapter, sandbox } = await startAdapter(t, { apiRoutes })
      await adapter.getUserByEmail(ADA.email)
      assert.deepEqual(
        sandbox.requests.map(({ generation }) => generation),
        [apiRoutes],
      )
    }
  })

  test('goes below a base address that ends in /v1, with or without a slash', async (t) => {
    const { sandbox } = await startAdapter(t)
    for (const [base, path] of [
      ['', '/api/v1/partner/user/list'],
      ['/', '/api/v1/partner/user/list'],
      ['/v1', '/v1/partner/user/list'],
      ['/api/v1/', '/api/v1/partner/user/list'],
    ]) {
      const baseUrl = `${sandbox.url}${base}`
      const adapter = make({ secret: sandbox.secret, baseUrl, retries: 0 })
      assert.equal(await adapter.getUserByEmail(ADA.email), null)
      assert.equal(sandbox.requests.at(-1).path, path, base)
    }
  })
})
