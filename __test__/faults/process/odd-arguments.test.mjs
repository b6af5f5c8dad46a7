/**
 * Everything public answers with a value or a ChatBotKitError, whatever it is given.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { hostileValues, randomFrom } from './hostile-values.mjs'

const require = createRequire(import.meta.url)
const chatbotkit = require('../../../index.js')
const { ChatBotKitError } = chatbotkit

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9)
const ROUNDS = 400

const NAMES = [
  ...['url', 'token', 'keyPrefix', 'timeout', 'connectTimeout', 'nodes', 'sentinels', 'service'],
  ...['tls', 'ca', 'cert', 'key', 'password', 'username', 'database', 'px', 'secret', 'store'],
  ...['baseUrl', 'headers', 'logger', 'retries', 'maxAge', 'codeLength', 'alphabet', 'id', 'email'],
  ...['sendVerificationRequest', 'sessionToken', 'userId', 'provider', 'providerAccountId'],
]

/** Whether what was thrown is an error of this package. A hostile value may throw when it is asked. */
function isOurs(thrown) {
  try {
    return thrown instanceof ChatBotKitError
  } catch {
    return false
  }
}

/** What `call` throws or rejects with that is no error of this package. */
async function strangerIn(call) {
  try {
    await call()
  } catch (thrown) {
    if (!isOurs(thrown)) return thrown ?? 'nothing'
  }
}

const unreachable = { timeout: 20, connectTimeout: 20 }
const STORES = {
  MemoryStore: () => new chatbotkit.MemoryStore(),
  RedisStore: () => new chatbotkit.RedisStore({ url: 'redis://127.0.0.1:1', ...unreachable }),
  KVStore: () => new chatbotkit.KVStore({ url: 'http://127.0.0.1:1', token: 'x', ...unreachable }),
  Store: () => new chatbotkit.Store(),
}
const METHODS = ['get', 'set', 'del', 'compareAndSet']

async function survives(t, calls) {
  const random = randomFrom(SEED)
  const { pick, record, value } = hostileValues(random, NAMES)
  const argument = () => pick([record, value, value])()
  const strangers = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const [name, call] = pick(calls)
    const args = Array.from({ length: Math.floor(random() * 5) }, argument)
    const stranger = await strangerIn(() => call(args))
    if (stranger) strangers.push(`${name}: ${String(stranger?.stack ?? stranger)}`)
  }
  t.diagnostic(`FUZZ_SEED=${SEED}`)
  assert.deepEqual(strangers, [])
}

describe('random arguments', () => {
  for (const [name, make] of Object.entries(STORES)) {
    test(`of the methods of ${name}`, async (t) => {
      const store = make()
      await survives(
        t,
        METHODS.filter((method) => method in store).map((method) => [
          method,
          (args) => store[method](...args),
        ]),
      )
    })
  }

  test('of methods without their store', async (t) => {
    const { prototype } = chatbotkit.MemoryStore
    const detached = METHODS.map((method) => [method, (args) => prototype[method].call(...args)])
    await survives(t, detached)
  })

  test('of the adapter', async (t) => {
    const store = new chatbotkit.MemoryStore()
    const api = { secret: 'x', baseUrl: 'http://127.0.0.1:1', retries: 0, timeout: 20 }
    const adapter = chatbotkit.ChatBotKitPartnerAdapter({ ...api, store, autoCreateUser: true })
    const { close: _, ...methods } = adapter
    await survives(
      t,
      Object.entries(methods).map(([name, method]) => [name, (args) => method(...args)]),
    )
  })

  test('of constructors', async (t) => {
    const { ChatBotKitPartnerAdapter, ChatBotKitEmailProvider, MemoryStore } = chatbotkit
    await survives(t, [
      ['ChatBotKitPartnerAdapter', ([options]) => ChatBotKitPartnerAdapter(options)],
      ['ChatBotKitEmailProvider', ([options]) => ChatBotKitEmailProvider(options)],
      ['RedisStore', ([options]) => new chatbotkit.RedisStore(options)],
      ['KVStore', ([options]) => new chatbotkit.KVStore(options)],
      ['MemoryStore.shared', ([name]) => MemoryStore.shared(name)],
    ])
  })
})
