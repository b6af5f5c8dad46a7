'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')

const edge = require('../../lib/edge.js')
const whole = require('../..')

const { exports: faces } = require('../../package.json')

/** What bundlers for edge runtimes and browsers ask for. */
const CONDITIONS = ['edge-light', 'workerd', 'browser']

const STORES = ['KVStore', 'MemoryStore', 'ContactMemoryStore', 'RedisStore']

const ADAPTERS = Object.keys(edge).filter((name) => name.endsWith('Adapter'))

/** The names of a class's methods, those of its ancestors included. */
function methodsOf({ prototype }) {
  const names = new Set()
  for (let it = prototype; it !== Object.prototype; it = Object.getPrototypeOf(it)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(it))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name)
    }
  }
  return [...names].sort()
}

describe('where native addons cannot be loaded', () => {
  test('the package has the same names', () => {
    assert.deepEqual(Object.keys(edge).sort(), Object.keys(whole).sort())
  })

  test('bundlers find that part of the package before the native one, under each path', () => {
    // What runs beside the build or the tests is for Node alone.
    const { './next': _, './testing': __, './sandbox': ___, './package.json': ____, ...all } = faces
    for (const [path, face] of Object.entries(all)) {
      assert.equal(Object.keys(face).at(-1), 'default', path)
      for (const condition of CONDITIONS) assert.equal(face[condition], './lib/edge.js', path)
    }
  })

  test('adapters are made whatever their options, with the methods that they have in Node', () => {
    const { ChatBotKitPartnerAdapter, MemoryStore } = whole
    const methods = Object.keys(ChatBotKitPartnerAdapter({ store: new MemoryStore() }))
    assert.equal(ADAPTERS.length, 3)
    for (const name of ADAPTERS) {
      for (const options of [undefined, {}, { secret: undefined, store: new edge.MemoryStore() }]) {
        const adapter = edge[name](options)
        assert.equal(Object.getPrototypeOf(adapter), Object.prototype)
        assert.deepEqual(Object.keys(adapter).sort(), [...methods].sort(), name)
      }
    }
  })

  test('stores are made, and extended, with the methods that they have in Node', () => {
    for (const name of STORES) {
      class Extended extends edge[name] {}
      for (const store of [new edge[name]({ url: process.env.UNSET }), new Extended()]) {
        assert.ok(store instanceof edge.Store)
      }
      assert.deepEqual(methodsOf(edge[name]), methodsOf(whole[name]), name)
    }
    assert.ok(edge.MemoryStore.shared('x') instanceof edge.MemoryStore)
    assert.equal(edge.MemoryStore.shared().size, 0)
    assert.equal(edge.Store, whole.Store)
  })

  test('the provider has the members and the options that it has in Node', () => {
    const sendVerificationRequest = () => {}
    const normalizeIdentifier = (text) => text
    for (const options of [
      undefined,
      { maxAge: 300, codeLength: 8, alphabet: '0123456789', sendVerificationRequest },
      { id: 'code', name: undefined, normalizeIdentifier },
    ]) {
      const [here, there] = [edge, whole].map((it) => it.ChatBotKitEmailProvider(options))
      const plain = (config) => JSON.parse(JSON.stringify(config))
      assert.deepEqual(Object.keys(here), Object.keys(there))
      assert.deepEqual(plain(here), plain(there))
      assert.deepEqual(Object.keys(here.options).sort(), Object.keys(there.options).sort())
    }
    assert.equal(edge.ChatBotKitContactEmailProvider, edge.ChatBotKitEmailProvider)
  })

  test('every call is refused by its promise, and says what to do', async () => {
    const calls = [
      ...Object.entries(edge.ChatBotKitPartnerAdapter({})),
      ...['generateVerificationToken', 'sendVerificationRequest'].map((name) => [
        name,
        edge.ChatBotKitEmailProvider()[name],
      ]),
      ...STORES.flatMap((name) =>
        methodsOf(edge[name])
          .filter((method) => method !== 'clear')
          .map((method) => [method, () => new edge[name]()[method]()]),
      ),
    ]
    for (const [operation, call] of calls) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof whole.ChatBotKitError)
        const { code, retryable } = error
        assert.deepEqual(
          { code, operation: error.operation, retryable },
          { code: 'ERR_RUNTIME', operation, retryable: false },
        )
        assert.match(
          error.message,
          new RegExp(`^${operation} failed: it needs the Node\\.js runtime`),
        )
        assert.match(error.message, /"runtime" to "edge".*proxy\.js/)
        // With cacheComponents, Next.js 16 refuses the line whatever it says.
        assert.doesNotMatch(error.message, /'nodejs'/)
        return true
      })
    }
    assert.throws(() => new edge.MemoryStore().clear(), { code: 'ERR_RUNTIME' })
  })

  test('a refusal that nobody looks at is no unhandled rejection', async () => {
    const { runWell } = await import('../../testing/child.mjs')
    await runWell((_, answer) => {
      require('./lib/edge.js').ChatBotKitPartnerAdapter({}).getUser('x')
      setImmediate(answer, 'ended')
    })
  })

  for (const [where, setup, advice] of [
    ['in a browser', { document: {} }, /on the server/],
    [
      'in jsdom, which takes the part for browsers,',
      {
        document: {},
        navigator: {
          userAgent: 'Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/26.1.0',
        },
      },
      /testEnvironment: 'node'/,
    ],
  ]) {
    test(`${where} it gives the advice for there`, async () => {
      const { runWell } = await import('../../testing/child.mjs')
      const message = await runWell(
        async (setup, answer) => {
          for (const [name, value] of Object.entries(setup)) {
            Object.defineProperty(globalThis, name, { value })
          }
          const adapter = require('./lib/edge.js').ChatBotKitPartnerAdapter({})
          await adapter.getUser('x').catch(({ message }) => answer(message))
        },
        { input: setup },
      )
      assert.match(message, advice)
      assert.doesNotMatch(message, /proxy\.js/)
    })
  }

  test('nothing of Node is loaded', async () => {
    const { run } = await import('../../testing/child.mjs')
    const { answer } = await run((_, answer) => {
      require('./lib/edge.js')
      const sources = Object.keys(require.cache).map((file) =>
        require('node:fs').readFileSync(file, 'utf8'),
      )
      answer(sources.filter((source) => /require\('node:|process\./.test(source)).length)
    })
    assert.equal(answer, 0)
  })
})
