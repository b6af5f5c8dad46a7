import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startApi } from '../../../testing/adapter.mjs'
import { assertSurvived, fuzz } from './fuzzing.mjs'

describe('hostile arguments make nothing panic', { concurrency: 2 }, () => {
  test('of any method of the adapter, and it rejects with errors of its own alone', async (t) => {
    const { options } = await startApi(t)
    const outcome = await fuzz(
      t,
      async ({ seed, duration, options }, answer) => {
        const { ChatBotKitError, ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const values = await import('./__test__/faults/process/hostile-values.mjs')
        const { callFor, hostileValues, randomFrom } = values
        const names = ['id', 'email', 'emailVerified', 'name', 'image', 'identifier', 'token']
        names.push('expires', 'sessionToken', 'userId', 'provider', 'providerAccountId', 'type')
        names.push('credentialID', 'counter', 'transports', 'toJSON', '__proto__')
        const { pick, record, value } = hostileValues(randomFrom(seed), names)
        const all = { ...options, autoCreateUser: true, autoDeleteUser: true, retries: 0 }
        const adapter = ChatBotKitPartnerAdapter({ ...all, store: new MemoryStore() })
        const methods = Object.keys(adapter).filter((name) => name !== 'close')
        const strange = new Set()
        const calls = await callFor(duration, 20, async () => {
          const method = pick(methods)
          try {
            await adapter[method](...[pick([record, value])(), value()])
          } catch (error) {
            const isOwn = error instanceof ChatBotKitError && error.code !== 'ERR_INTERNAL'
            if (!isOwn) strange.add(`${method}: ${error?.code} ${error?.message}`)
          }
        })
        const { email } = await adapter.getUserByEmail('ada@example.com')
        answer({ calls, email, strange: [...strange] })
      },
      { options },
    )
    assert.equal(outcome.email, 'ada@example.com')
    assertSurvived(t, outcome)
  })

  test('of any method of any store', async (t) => {
    const outcome = await fuzz(t, async ({ seed, duration }, answer) => {
      const { KVStore, MemoryStore, RedisStore } = require('./index.js')
      const values = await import('./__test__/faults/process/hostile-values.mjs')
      const { callFor, hostileValues, randomFrom } = values
      const { pick, value } = hostileValues(randomFrom(seed), ['px', 'ex', 'get', 'then'])
      const short = { timeout: 5, connectTimeout: 5 }
      const stores = [
        new MemoryStore(),
        new RedisStore({ url: 'redis://127.0.0.1:1', ...short }),
        new KVStore({ url: 'http://127.0.0.1:1', token: 'x', ...short }),
      ]
      const strange = new Set()
      const calls = await callFor(duration, 20, async () => {
        const method = pick(['get', 'set', 'del', 'compareAndSet', 'size'])
        const store = pick(stores)
        try {
          if (method === 'size') void store.size
          else await store[method](value(), value(), value(), pick([{ px: value() }, value()]))
        } catch (error) {
          if (error?.code === 'ERR_INTERNAL') strange.add(`${method}: ${error.message}`)
        }
      })
      await stores[0].set('key', 1)
      const works = (await stores[0].get('key')) === 1
      answer({ calls, works, strange: [...strange] })
    })
    assert.equal(outcome.works, true)
    assertSurvived(t, outcome)
  })

  test('of the options of adapters, stores and providers, nor of what is made with them', async (t) => {
    const outcome = await fuzz(t, async ({ seed, duration }, answer) => {
      const index = require('./index.js')
      const values = await import('./__test__/faults/process/hostile-values.mjs')
      const names = {
        adapter:
          'secret baseUrl headers keyPrefix timeout retries retryDelay cacheTtl lockFor logger',
        redis: 'url nodes sentinels service username password database tls keyPrefix',
        kv: 'url token keyPrefix',
        provider: 'codeLength alphabet maxAge id name sendVerificationRequest secret',
      }
      const { callFor, hostileValues, randomFrom } = values
      const random = randomFrom(seed)
      const { pick, value } = hostileValues(random, ['a', 'ca', 'cert', 'key', 'service'])
      // Nothing of this leads out of the machine.
      const hosts = [
        '127.0.0.1:1',
        '[::1]:1',
        'a.invalid',
        '',
        ':',
        '[',
        '[::',
        '%',
        '127.0.0.1:99999',
      ]
      hosts.push(
        'user:p%zz@127.0.0.1:1',
        '@@',
        '127.0.0.1:1/99999999999',
        '127.0.0.1:1/?a#b',
        '\ud800',
      )
      const schemes = [
        'redis://',
        'rediss://',
        'unix://',
        'redis+unix://',
        'valkey://',
        'http://',
        '',
      ]
      const text = () => pick(values.TEXTS)
      const address = () =>
        pick(schemes) + pick(hosts) + pick(['', '/', '/1', '/x', '?protocol=3', `/${text()}`])
      const pem = (what) =>
        `-----BEGIN ${what}-----\n${pick(['AAAA', '!', '', text()])}\n-----END ${what}-----\n`
      const tls = () => ({
        ca: pem('CERTIFICATE'),
        ...pick([{}, { cert: pem('CERTIFICATE'), key: pem(pick(['PRIVATE KEY', 'X'])) }]),
      })
      const short = { timeout: 20, connectTimeout: 20 }
      const store = new index.MemoryStore()
      // Mostly of the right type, so that they get past the checks.
      const likely = {
        url: address,
        baseUrl: () =>
          `${pick(['http://', 'https://', 'http:', 'ftp://', ':'])}${pick(hosts)}/${text()}`,
        nodes: () => [address(), address()],
        sentinels: () => [address()],
        headers: () => Object.fromEntries([[text(), text()]]),
        database: () => pick([0, 1, 65_535]),
        codeLength: () => pick([1, 6, 256, 257, 0]),
        tls,
      }
      const options = (kind) =>
        Object.fromEntries(
          names[kind]
            .split(' ')
            .filter(() => random() < 0.35)
            .map((name) => [name, random() < 0.8 ? (likely[name] ?? text)() : value()]),
        )
      const uses = {
        adapter: async () => {
          const all = { timeout: 20, retries: 0, secret: 'x', store, ...options('adapter') }
          const baseUrl = all.baseUrl || likely.baseUrl()
          const adapter = index.ChatBotKitPartnerAdapter({ ...all, baseUrl })
          await adapter.getUserByEmail('ada@example.com')
        },
        redis: () => new index.RedisStore({ ...options('redis'), ...short }).ping(),
        kv: () => new index.KVStore({ token: 'x', ...options('kv'), ...short }).ping(),
        provider: () =>
          index.ChatBotKitEmailProvider(options('provider')).generateVerificationToken(),
        shared: () => index.MemoryStore.shared(pick(values.TEXTS)).get('x'),
      }
      const strange = new Set()
      const calls = await callFor(duration, 10, async () => {
        const kind = pick(Object.keys(uses))
        try {
          await uses[kind]()
        } catch (error) {
          if (error?.code === 'ERR_INTERNAL') strange.add(`${kind}: ${error.message}`)
        }
      })
      answer({ calls, strange: [...strange] })
    })
    assertSurvived(t, outcome)
  })
})
