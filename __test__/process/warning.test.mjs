import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { run } from '../../testing/child.mjs'

/** The codes of the warnings that a script makes a process emit, by the moment. */
function script({ uses, copies }, answer) {
  const warnings = []
  process.on('warning', ({ code }) => warnings.push(code))
  const turn = () => new Promise((resolve) => setTimeout(resolve, 20))
  const load = () => {
    for (const file of Object.keys(require.cache)) delete require.cache[file]
    return require('./index.js')
  }
  const code = { identifier: 'ada', token: 'x', expires: new Date(Date.now() + 60_000) }
  const main = async () => {
    const packages = Array.from({ length: copies }, load)
    const adapters = packages.map(({ ChatBotKitPartnerAdapter, MemoryStore }) =>
      ChatBotKitPartnerAdapter({
        secret: 'x',
        store: uses === 'shared' ? MemoryStore.shared() : new MemoryStore(),
      }),
    )
    await turn()
    const atConstruction = warnings.length
    for (let n = 0; n < 3; n += 1) {
      for (const adapter of adapters) await adapter.createVerificationToken(code)
      for (const { MemoryStore } of packages) {
        if (uses === 'store') await new MemoryStore().get('key')
      }
    }
    await turn()
    answer({ atConstruction, warnings })
  }
  main()
}

const warningsOf = async (input, NODE_ENV) => {
  const { code, answer } = await run(script, { input, env: { NODE_ENV } })
  assert.equal(code, 0)
  assert.equal(answer.atConstruction, 0)
  return answer.warnings
}

describe('the warning that a memory store forgets', { concurrency: true }, () => {
  test('comes once, at the first use, in production', async () => {
    for (const uses of ['adapter', 'shared', 'store']) {
      const warnings = await warningsOf({ uses, copies: 1 }, 'production')
      assert.deepEqual(warnings, ['CHATBOTKIT_MEMORY_STORE'], uses)
    }
  })

  test('does not come anywhere else', async () => {
    for (const NODE_ENV of ['development', 'test', '', undefined]) {
      assert.deepEqual(await warningsOf({ uses: 'adapter', copies: 1 }, NODE_ENV), [])
    }
  })

  // Next.js evaluates a configuration module, and with it this package, several times.
  test('comes once in a process, however many copies of the package it holds', async () => {
    const warnings = await warningsOf({ uses: 'shared', copies: 4 }, 'production')
    assert.deepEqual(warnings, ['CHATBOTKIT_MEMORY_STORE'])
  })

  test('does not come for a store in JavaScript', async () => {
    const { answer } = await run(
      async (_, answer) => {
        const warnings = []
        process.on('warning', ({ code }) => warnings.push(code))
        const { ChatBotKitPartnerAdapter } = require('./index.js')
        const adapter = ChatBotKitPartnerAdapter({
          secret: 'x',
          store: { get() {}, set() {}, del() {} },
        })
        await adapter.createVerificationToken({ identifier: 'a', token: 'x', expires: new Date() })
        await new Promise((resolve) => setTimeout(resolve, 20))
        answer(warnings)
      },
      { env: { NODE_ENV: 'production' } },
    )
    assert.deepEqual(answer, [])
  })
})
