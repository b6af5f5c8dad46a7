import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ChatBotKitEmailProvider, ChatBotKitError } from '../../index.js'
import { ROOT } from '../../testing/child.mjs'

const CORE = path.join(ROOT, 'node_modules', '@auth', 'core')
const NEXTAUTH_V4 = path.join(ROOT, '__test__', 'signin', 'nextauth-v4', 'package.json')
const SEND = () => {}

/** How each framework makes one provider of its defaults and its `options`. */
const MERGES = {
  async 'next-auth v4'(provider) {
    const from = createRequire(NEXTAUTH_V4)
    const main = from.resolve('next-auth')
    const { default: parse } = from(path.join(path.dirname(main), 'core', 'lib', 'providers.js'))
    return parse({ providers: [provider], url: 'http://x.example/api/auth' }).providers[0]
  },
  async '@auth/core'(provider) {
    const file = path.join(CORE, 'lib', 'utils', 'providers.js')
    const { default: parse } = await import(pathToFileURL(file))
    const url = new URL('http://x.example')
    return parse({ url, config: { providers: [provider], basePath: '/auth' } }).providers[0]
  },
}

for (const [framework, merge] of Object.entries(MERGES)) {
  describe(`merged by ${framework}, the provider`, () => {
    test('has its defaults', async () => {
      const { id, type, name, maxAge, from, server, ...rest } = await merge(
        ChatBotKitEmailProvider(),
      )
      assert.deepEqual([id, type, name, maxAge], ['email', 'email', 'Email', 600])
      assert.ok(from && server)
      assert.match(await rest.generateVerificationToken(), /^[0-9a-f]{6}$/)
      assert.equal(typeof rest.sendVerificationRequest, 'function')
    })

    test('has what was asked for', async () => {
      const options = {
        ...{ id: 'mail', name: 'Mail', maxAge: 60, from: 'us@x.example', server: 'smtp://x' },
        ...{ sendVerificationRequest: SEND, normalizeIdentifier: SEND, apiKey: 'k', secret: 's' },
        generateVerificationToken: () => 'own',
      }
      const merged = await merge(ChatBotKitEmailProvider(options))
      const { sendVerificationRequest, ...others } = options
      for (const [name, value] of Object.entries(others)) assert.equal(merged[name], value, name)
      const given = { identifier: 'ada@example.com', token: 'code' }
      assert.equal(
        await merged.sendVerificationRequest(given),
        await sendVerificationRequest(given),
      )
      assert.match(merged.callbackUrl, /\/callback\/mail$/)
    })

    test('has its defaults where an option is undefined', async () => {
      const names = ['id', 'name', 'maxAge', 'from', 'server', 'codeLength', 'alphabet']
      const functions = ['sendVerificationRequest', 'generateVerificationToken']
      const options = Object.fromEntries([...names, ...functions].map((name) => [name, undefined]))
      const merged = await merge(ChatBotKitEmailProvider(options))
      const expected = await merge(ChatBotKitEmailProvider())
      for (const name of ['id', 'name', 'maxAge', 'from'])
        assert.equal(merged[name], expected[name])
      for (const name of functions) assert.equal(typeof merged[name], 'function')
      assert.match(await merged.generateVerificationToken(), /^[0-9a-f]{6}$/)
    })

    test('makes codes as they were asked for', async () => {
      const merged = await merge(ChatBotKitEmailProvider({ codeLength: 8, alphabet: '0123456789' }))
      assert.match(await merged.generateVerificationToken(), /^\d{8}$/)
      // Functions are called without `this`.
      const { generateVerificationToken } = merged
      assert.match(await generateVerificationToken(), /^\d{8}$/)
    })

    test('leaves the provider and its options as they were', async () => {
      const options = Object.freeze({ server: Object.freeze({ host: 'h' }), from: 'f' })
      const one = ChatBotKitEmailProvider(options)
      await merge(one)
      assert.deepEqual(options, { server: { host: 'h' }, from: 'f' })
      const { server } = await merge(ChatBotKitEmailProvider())
      assert.notEqual(server.host, 'h', 'the options of one provider reached another')
    })
  })
}

describe('the options of the provider', () => {
  const refused = (error) => {
    assert.ok(error instanceof ChatBotKitError, `${error?.stack}`)
    assert.equal(error.code, 'ERR_INVALID_OPTION')
    return true
  }

  test('may be left out, and then a code lasts ten minutes', () => {
    assert.equal(ChatBotKitEmailProvider().maxAge, 600)
    assert.equal(ChatBotKitEmailProvider(undefined).maxAge, 600)
    assert.equal(ChatBotKitEmailProvider({}).options.maxAge, undefined)
  })

  test('have to be an object', () => {
    for (const options of [null, 5, 'x', true]) {
      assert.throws(() => ChatBotKitEmailProvider(options), refused, `${options}`)
    }
  })

  test('a lifetime that is none is refused', () => {
    for (const maxAge of [
      0,
      -1,
      1.5,
      '600',
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      {},
      [600],
    ]) {
      assert.throws(() => ChatBotKitEmailProvider({ maxAge }), refused, `${maxAge}`)
    }
  })

  test('a sender or generator that is no function is refused', () => {
    for (const name of [
      'sendVerificationRequest',
      'generateVerificationToken',
      'normalizeIdentifier',
    ]) {
      for (const value of [null, 5, 'smtp://x', {}, true]) {
        assert.throws(() => ChatBotKitEmailProvider({ [name]: value }), refused, `${name} ${value}`)
      }
    }
  })
})
