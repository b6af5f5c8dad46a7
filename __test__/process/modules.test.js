'use strict'

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const path = require('node:path')
const { describe, test } = require('node:test')

const index = require('../..')

const child = import('../../testing/child.mjs')
const ROOT = path.join(__dirname, '..', '..')
const TYPES = readFileSync(path.join(ROOT, 'index.d.ts'), 'utf8')
const NAMES = [...TYPES.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(
  ([, name]) => name,
)

describe('the package', { concurrency: true }, () => {
  test('exports the values that index.d.ts declares, and no others', () => {
    assert.deepEqual(Object.keys(index).sort(), NAMES.sort())
    assert.ok(NAMES.includes('ChatBotKitPartnerAdapter'))
  })

  test('gives every name to import', async () => {
    const { code, stderr, answer } = await (await child).runModule(
      `import { ${NAMES.join(', ')} } from '@chatbotkit/nextauth'
      console.log(JSON.stringify([${NAMES.join(', ')}].map((it) => typeof it)))`,
    )
    assert.equal(code, 0, stderr)
    assert.deepEqual(
      answer,
      NAMES.map(() => 'function'),
    )
  })

  test('is the same by import, by import of everything and by require', async () => {
    const { code, stderr, answer } = await (await child).runModule(
      `import { createRequire } from 'node:module'
      import * as all from '@chatbotkit/nextauth'
      import whole from '@chatbotkit/nextauth'
      import manifest from '@chatbotkit/nextauth/package.json' with { type: 'json' }
      const require = createRequire(process.cwd() + '/x.js')
      const faces = [all, whole, require('@chatbotkit/nextauth')]
      const names = Object.keys(whole)
      console.log(JSON.stringify({
        same: names.every((name) => faces.every((face) => face[name] === whole[name])),
        names: names.length,
        versions: [manifest.version, require('@chatbotkit/nextauth/package.json').version],
      }))`,
    )
    assert.equal(code, 0, stderr)
    const { version } = require('../../package.json')
    assert.deepEqual(answer, { same: true, names: NAMES.length, versions: [version, version] })
  })

  // Those of the JavaScript package, and the same for the newer name of sub-accounts.
  test('is there under each path of the JavaScript package, by import and by require', async () => {
    const folders = ['partner', 'contact', 'user'].flatMap((folder) =>
      ['', '/index', '/adapter', '/provider'].map((file) => `/${folder}${file}`),
    )
    const files = ['/index', ...folders.filter((path) => path.lastIndexOf('/') > 0)]
    const paths = ['/index', ...folders, ...files.map((path) => `${path}.js`)]
    const { code, stderr, answer } = await (await child).runModule(
      `import { createRequire } from 'node:module'
      const require = createRequire(process.cwd() + '/x.js')
      const whole = require('@chatbotkit/nextauth')
      const others = []
      for (const path of ${JSON.stringify(paths)}) {
        const imported = await import('@chatbotkit/nextauth' + path)
        const same = Object.keys(whole).every((name) => imported[name] === whole[name])
        if (!same || require('@chatbotkit/nextauth' + path) !== whole) others.push(path)
      }
      console.log(JSON.stringify(others))`,
    )
    assert.equal(code, 0, stderr)
    assert.deepEqual(answer, [])
    assert.equal(paths.length, 23)
  })

  test('has the types under each of its paths, for compilers that do not know "exports" as well', () => {
    const { exports: faces, typesVersions } = require('../../package.json')
    const paths = Object.keys(faces).filter((path) => path !== '.' && path !== './package.json')
    const older = Object.entries(typesVersions['*']).map(([path, [types]]) => [`./${path}`, types])
    assert.deepEqual(
      older,
      paths.map((path) => [path, faces[path].types]),
    )
  })

  // As a bundler makes them, of which Next.js is one. A store that is closed says so only to an adapter
  // that uses it directly: to one that goes through its methods, it has failed.
  test('gives its stores to the adapters of its other copies in the process', async () => {
    const { runWell } = await child
    const codes = await runWell(async (_, answer) => {
      const first = require('./index.js')
      for (const file of Object.keys(require.cache)) {
        if (!file.endsWith('.node')) delete require.cache[file]
      }
      const second = require('./index.js')
      const codes = [String(first.RedisStore === second.RedisStore)]
      const store = new first.RedisStore({ url: 'redis://127.0.0.1:1' })
      await store.close()
      for (const { ChatBotKitPartnerAdapter } of [first, second]) {
        const { createSession } = ChatBotKitPartnerAdapter({ store, secret: 'x' })
        const session = { sessionToken: 'x', userId: 'x', expires: new Date(Date.now() + 60_000) }
        await createSession(session).catch(({ code }) => codes.push(code))
      }
      answer(codes)
    })
    assert.deepEqual(codes, ['false', 'ERR_CLOSED', 'ERR_CLOSED'])
  })

  test('shows nothing of its inside', async () => {
    for (const inside of [
      'lib/native/binary.js',
      'lib/adapter/partner-adapter.js',
      'sandbox/index.js',
      'partner/store',
    ]) {
      const { code } = await (await child).runModule(`import '@chatbotkit/nextauth/${inside}'`)
      assert.notEqual(code, 0, inside)
    }
  })

  test('prints nothing and changes no global when it is loaded', async () => {
    const { run } = await child
    const loaded = await run((_, answer) => {
      const before = Reflect.ownKeys(globalThis).length
      const listeners = process.eventNames().length
      require('./index.js')
      answer([Reflect.ownKeys(globalThis).length - before, process.eventNames().length - listeners])
    })
    assert.deepEqual([loaded.code, loaded.stdout, loaded.stderr], [0, '', ''])
    assert.deepEqual(loaded.answer, [0, 0])
  })
})

describe('an adapter', () => {
  const make = () => index.ChatBotKitPartnerAdapter({ store: new index.MemoryStore(), secret: 'x' })

  test('is a plain object of its own, enumerable functions that promise and never throw', async () => {
    const adapter = make()
    assert.equal(Object.getPrototypeOf(adapter), Object.prototype)
    const members = Reflect.ownKeys(adapter)
    assert.deepEqual(members, Object.keys(adapter))
    for (const name of members) {
      assert.equal(typeof adapter[name], 'function', name)
      // With nothing to go by: refused, if at all, by the promise.
      const outcome = adapter[name]()
      assert.ok(outcome instanceof Promise, name)
      await outcome.catch(({ code }) => assert.match(code, /^ERR_(INVALID_ARGUMENT|CLOSED)$/))
    }
  })

  test('has every method that index.d.ts declares, and no other', () => {
    const body = /interface ChatBotKitAdapter<[^>]*> \{(.*?)\n\}/s.exec(TYPES)[1]
    const declared = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name)
    assert.deepEqual(Object.keys(make()).sort(), declared.sort())
  })

  // Both versions of NextAuth rebuild the adapter and call its methods without `this`.
  test('works rebuilt from its keys, detached, and called with another this', async () => {
    const adapter = make()
    const rebuilt = Object.keys(adapter).reduce((result, name) => {
      const method = adapter[name]
      result[name] = async (...args) => method(...args)
      return result
    }, {})
    const code = { identifier: 'ada', token: 'x', expires: new Date(Date.now() + 60_000) }
    await rebuilt.createVerificationToken(code)
    const { useVerificationToken, getUser } = { ...adapter }
    assert.deepEqual(await useVerificationToken.call({ call: null }, code), code)
    assert.equal(await Reflect.apply(getUser, undefined, ['(x)']), null)
  })

  test('is its own: what is done to one reaches no other', async () => {
    const [one, other] = [make(), make()]
    one.getUser = null
    assert.equal(await other.getUser('(x)'), null)
    Object.freeze(one)
    assert.equal(await one.getUserByEmail('x'), null)
  })
})
