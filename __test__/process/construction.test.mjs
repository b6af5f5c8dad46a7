import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { run } from '../../testing/child.mjs'

const onLinux = { skip: process.platform !== 'linux' && 'reads /proc' }

/** How long making them, or the end of their process, may take, in milliseconds. */
const AT_ONCE = 5_000

async function assertClean(child) {
  const { code, signal, stderr } = await child
  assert.deepEqual([code, signal, stderr], [0, null, ''])
}

describe('ten thousand adapters', () => {
  for (const secret of ['sk-x', undefined]) {
    for (const kind of ['memory', 'javascript']) {
      test(
        `with the secret ${JSON.stringify(secret)} and a ${kind} store start nothing`,
        onLinux,
        async () => {
          const child = await run(
            ({ secret, kind }, answer) => {
              const { readdirSync, readlinkSync } = require('node:fs')
              const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
              const threads = () => readdirSync('/proc/self/task').length
              const sockets = () =>
                readdirSync('/proc/self/fd').filter((fd) => {
                  try {
                    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
                  } catch {
                    return false
                  }
                }).length
              const before = [threads(), sockets()]
              const began = process.cpuUsage()
              const makeStore =
                kind === 'memory'
                  ? () => new MemoryStore()
                  : () => ({ get() {}, set() {}, del() {} })
              const adapters = []
              for (let n = 0; n < 10_000; n += 1) {
                adapters.push(ChatBotKitPartnerAdapter({ secret, store: makeStore() }))
              }
              answer({
                before,
                after: [threads(), sockets()],
                // Of the processor: a busy machine takes any time.
                elapsed: Object.values(process.cpuUsage(began)).reduce((a, b) => a + b) / 1_000,
                count: adapters.length,
              })
            },
            { input: { secret, kind }, env: { NODE_ENV: 'production' } },
          )
          await assertClean(child)
          assert.equal(child.answer.count, 10_000)
          assert.deepEqual(child.answer.after, child.answer.before)
          assert.ok(child.answer.elapsed < AT_ONCE, `${child.answer.elapsed} ms`)
        },
      )
    }
  }

  test('end their process at once', async () => {
    const child = await run((_, answer) => {
      const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
      const stores = [() => new MemoryStore(), () => ({ get() {}, set() {}, del() {} })]
      globalThis.kept = Array.from({ length: 10_000 }, (_, n) =>
        ChatBotKitPartnerAdapter({ store: stores[n % 2](), baseUrl: 'https://name.invalid' }),
      )
      answer('made')
    })
    await assertClean(child)
    assert.ok(child.lingered < AT_ONCE, `${child.lingered} ms`)
  })

  test('that nobody holds any more take no memory', async () => {
    const child = await run(
      async (_, answer) => {
        const { setImmediate: turn } = require('node:timers/promises')
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const stores = [() => new MemoryStore(), () => ({ get() {}, set() {}, del() {} })]
        const round = async () => {
          for (let n = 0; n < 10_000; n += 1) {
            ChatBotKitPartnerAdapter({ secret: 'x'.repeat(1_000), store: stores[n % 2]() })
          }
          for (let n = 0; n < 5; n += 1) {
            global.gc()
            await turn()
          }
          const { rss, heapTotal, heapUsed } = process.memoryUsage()
          return { outside: rss - heapTotal, inside: heapUsed }
        }
        const sizes = []
        for (let n = 0; n < 8; n += 1) sizes.push(await round())
        answer(sizes)
      },
      { flags: ['--expose-gc'] },
    )
    await assertClean(child)
    // Fifty thousand further adapters: their secrets alone would be 50 MB outside of V8's heap, and
    // their objects more than that inside. The room that V8 takes for its heap, and keeps, is no
    // adapter's.
    const [first, last] = [child.answer.at(-6), child.answer.at(-1)]
    for (const place of ['outside', 'inside']) {
      const growth = last[place] - first[place]
      assert.ok(growth < 20 * 1024 * 1024, `${place}: ${JSON.stringify(child.answer)}`)
    }
  })
})

describe('without a secret', () => {
  test('nothing fails until the first call, and that says what is missing', async () => {
    for (const secret of [undefined, null, '', '  \n']) {
      const child = await run(
        async ({ secret }, answer) => {
          const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
          const store = new MemoryStore()
          const options = { secret, store, autoCreateUser: true, autoDeleteUser: true }
          const adapter = ChatBotKitPartnerAdapter(options)
          const failures = []
          for (const call of [
            () => adapter.getUser('cx'),
            () => adapter.getUserByEmail('ada@example.com'),
            () => adapter.createUser({ email: 'ada@example.com' }),
            () => adapter.updateUser({ id: 'cx', name: 'x' }),
            () => adapter.deleteUser('cx'),
          ]) {
            failures.push(
              await call().catch(({ name, code, message }) => ({ name, code, message })),
            )
          }
          answer(failures)
        },
        { input: { secret } },
      )
      await assertClean(child)
      assert.equal(child.answer.length, 5)
      for (const { name, code, message } of child.answer) {
        assert.deepEqual([name, code], ['ChatBotKitError', 'ERR_MISSING_SECRET'])
        assert.match(message, /secret/)
      }
    }
  })
})
