import { describe, test } from 'node:test'
import { assertSurvived, fuzz } from './fuzzing.mjs'

describe('hostile data make nothing panic', { concurrency: 2 }, () => {
  test('of the native code itself, whatever text it gets', async (t) => {
    const outcome = await fuzz(t, async ({ seed, duration }, answer) => {
      const native = require('./lib/native/binary.js')
      const { NativeAdapter, NativeStore, generateCode } = native
      const { call } = require('./lib/native/call.js')
      const values = await import('./__test__/faults/process/hostile-values.mjs')
      const names = ['identifier', 'token', 'expires', 'sessionToken', 'userId', 'provider']
      names.push('providerAccountId', 'credentialID', 'counter', 'id', 'email', 'emailVerified')
      const random = values.randomFrom(seed)
      const { pick, record, value } = values.hostileValues(random, names)
      const options = { secret: 'x', baseUrl: 'http://127.0.0.1:1', retries: 0, timeout: 20 }
      const adapter = NativeAdapter.ofSubAccounts(options, NativeStore.memory())
      const methods = Object.keys(native.adapter)
      const text = () => {
        try {
          const json = JSON.stringify(pick([record, value])()) ?? ''
          return random() < 0.3 ? json.slice(0, Math.floor(random() * json.length)) : json
        } catch {
          return pick(values.TEXTS)
        }
      }
      const strange = new Set()
      let calls = 0
      const end = performance.now() + duration
      while (performance.now() < end) {
        const some = Array.from({ length: 20 }, async () => {
          const method = pick(methods)
          calls += 1
          try {
            generateCode(pick([0, 1, 65_536, 4_294_967_295]), pick(values.TEXTS))
          } catch {
            // Refused.
          }
          try {
            const { err } = await call(
              native.adapter[method],
              adapter,
              pick([text, value])(),
              value(),
            )
            if (err?.code === 'ERR_INTERNAL') strange.add(`${method}: ${err.message}`)
          } catch {
            // Not a text: refused before it began.
          }
        })
        await Promise.all(some)
      }
      answer({ calls, strange: [...strange] })
    })
    assertSurvived(t, outcome)
  })

  test('of what a store holds and an API answers, whatever that is', async (t) => {
    const outcome = await fuzz(t, async ({ seed, duration }, answer) => {
      const { createServer } = require('node:http')
      const { ChatBotKitPartnerAdapter } = require('./index.js')
      const values = await import('./__test__/faults/process/hostile-values.mjs')
      const names = ['id', 'items', 'email', 'createdAt', 'updatedAt', 'meta', 'nextauth', 'cursor']
      names.push('emailVerified', 'codes', 'misses', 'lockedUntil', 'userId', 'expires', 'counter')
      names.push('encrypted', 'changed', 'credentialID', 'provider', 'message', 'code', 'limits')
      const random = values.randomFrom(seed)
      const { pick, record, value } = values.hostileValues(random, names)
      const json = () => {
        try {
          return JSON.stringify(pick([record, record, value])()) ?? ''
        } catch {
          return pick(values.TEXTS)
        }
      }
      const server = createServer((_, response) => {
        response.statusCode = pick([200, 200, 200, 204, 400, 404, 409, 429, 500])
        response.end(json())
      })
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { createHash } = require('node:crypto')
      // Bound to its key as a record is, or not.
      const bound = (key) => {
        const digest = createHash('sha256').update(key).digest('base64url').slice(0, 12)
        return `{"key":"${digest}","record":${json() || 0}}`
      }
      const { seal } = await import(`${process.cwd()}/testing/seal.mjs`)
      const sealed = (key) => seal('x', key, bound(key))
      const store = { get: (key) => pick([json, bound, sealed])(key), set() {}, del() {} }
      const adapter = ChatBotKitPartnerAdapter({
        ...{ store, secret: 'x', baseUrl: `http://127.0.0.1:${server.address().port}`, retries: 0 },
        ...{ autoCreateUser: true, autoDeleteUser: true, timeout: 500 },
      })
      const { everyMethod } = await import(
        `${process.cwd()}/__test__/faults/process/every-method.mjs`
      )
      const methods = Object.entries(everyMethod('cada'))
      const strange = new Set()
      let calls = 0
      const end = performance.now() + duration
      while (performance.now() < end) {
        const some = Array.from({ length: 20 }, async () => {
          const [name, call] = pick(methods)
          try {
            await call(adapter)
          } catch ({ code, message }) {
            if (!/^ERR_(?!INTERNAL)/.test(code)) strange.add(`${name}: ${code} ${message}`)
          }
          calls += 1
        })
        await Promise.all(some)
      }
      server.closeAllConnections()
      server.close()
      await adapter.close()
      answer({ calls, strange: [...strange] })
    })
    assertSurvived(t, outcome)
  })
})
