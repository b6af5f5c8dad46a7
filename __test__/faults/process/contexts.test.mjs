import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startApi } from '../../../testing/adapter.mjs'
import { runWell } from '../../../testing/child.mjs'

/** A loader as test runners have it: the package's own modules are evaluated in another realm. */
const LOADER = `
  const { readFileSync } = require('node:fs')
  const path = require('node:path')
  const vm = require('node:vm')
  globalThis.loadInto = (context) => {
    const modules = new Map()
    const load = (file) => {
      if (file.endsWith('.node')) return require(file)
      if (modules.has(file)) return modules.get(file).exports
      const module = { exports: {} }
      modules.set(file, module)
      const requireFrom = (name) => {
        if (!name.startsWith('.')) return require(name)
        return load(require.resolve(path.resolve(path.dirname(file), name)))
      }
      const body = '(function (module, exports, require, __filename, __dirname) {' +
        readFileSync(file, 'utf8') + '\\n})'
      vm.runInContext(body, context)(
        module, module.exports, Object.assign(requireFrom, require), file, path.dirname(file))
      return module.exports
    }
    return load(path.resolve('index.js'))
  }`

describe('vm contexts', { concurrency: true }, () => {
  test('may hold configuration modules, whose dates, records and stores are of another realm', async (t) => {
    const { options } = await startApi(t)
    const answers = await runWell(
      async (options, answer) => {
        const vm = require('node:vm')
        const index = require('./index.js')
        const source = `(async () => {
          const entries = new Map()
          const store = {
            get: async (key) => entries.get(key),
            set: async (key, value) => { entries.set(key, value) },
            del: async (key) => { entries.delete(key) },
          }
          const stores = [store, new MemoryStore()]
          const seen = []
          for (const store of stores) {
            const adapter = ChatBotKitPartnerAdapter({ ...options, headers: { 'x-key': 'x' }, store })
            const code = { identifier: 'ada@example.com', token: 'x', expires: new Date(Date.now() + 60000) }
            await adapter.createVerificationToken(code)
            const redeemed = await adapter.useVerificationToken(code)
            const refused = await adapter.createSession(null).catch((error) => error)
            seen.push(redeemed.expires - code.expires, refused instanceof ChatBotKitError)
          }
          return seen.join()
        })()`
        const answers = []
        for (let n = 0; n < 20; n += 1) {
          const context = vm.createContext({ ...index, options })
          answers.push(await vm.runInContext(source, context))
        }
        answer(answers)
      },
      { input: options },
    )
    assert.deepEqual(answers, Array(20).fill('0,true,0,true'))
  })

  test('may hold the package itself, twenty times over, and be dropped in the midst of calls', async (t) => {
    const { options } = await startApi(t)
    const { emails, codes } = await runWell(
      async ({ loader, options }, answer) => {
        require('node:vm').runInThisContext(`(require) => {${loader}}`)(require)
        const vm = require('node:vm')
        const { setTimeout: sleep } = require('node:timers/promises')
        const emails = []
        const codes = []
        for (let n = 0; n < 20; n += 1) {
          const context = vm.createContext({ process, performance, Buffer })
          const { ChatBotKitPartnerAdapter, MemoryStore } = globalThis.loadInto(context)
          const slow = { get: () => sleep(5), set: () => sleep(5), del: () => sleep(5) }
          const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
          const other = ChatBotKitPartnerAdapter({ ...options, store: slow })
          emails.push((await adapter.getUserByEmail('ada@example.com')).email)
          codes.push(await adapter.createSession(null).catch(({ code }) => code))
          const code = { identifier: 'a', token: 'x', expires: new Date(Date.now() + 60_000) }
          for (let n = 0; n < 10; n += 1) {
            adapter.createVerificationToken(code)
            other.createVerificationToken(code)
          }
          globalThis.gc()
        }
        await sleep(50)
        globalThis.gc()
        answer({ emails, codes })
      },
      { input: { loader: LOADER, options }, flags: ['--expose-gc'] },
    )
    assert.deepEqual(emails, Array(20).fill('ada@example.com'))
    assert.deepEqual(codes, Array(20).fill('ERR_INVALID_ARGUMENT'))
  })

  test('that share a store by name agree on a code, which one of them redeems', async (t) => {
    const { options } = await startApi(t)
    const winners = await runWell(
      async ({ loader, options }, answer) => {
        const vm = require('node:vm')
        vm.runInThisContext(`(require) => {${loader}}`)(require)
        const adapters = Array.from({ length: 10 }, () => {
          const context = vm.createContext({ process, performance, Buffer })
          const { ChatBotKitPartnerAdapter, MemoryStore } = globalThis.loadInto(context)
          return ChatBotKitPartnerAdapter({ ...options, store: MemoryStore.shared('contexts') })
        })
        const expires = new Date(Date.now() + 60_000)
        const code = { identifier: 'ada@example.com', token: 'x', expires }
        await adapters[0].createVerificationToken(code)
        const redeemed = await Promise.all(adapters.map((it) => it.useVerificationToken(code)))
        answer(redeemed.filter(Boolean).length)
      },
      { input: { loader: LOADER, options } },
    )
    assert.equal(winners, 1)
  })
})
