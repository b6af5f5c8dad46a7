'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')

const { run } = require('./child')

const onLinux = { skip: process.platform !== 'linux' && 'reads /proc' }

/** What other packages with tokio in them obey, and some fail at. */
const OF_OTHERS = { TOKIO_WORKER_THREADS: 'none' }

describe('threads', () => {
  test(
    'are none while the package is loaded, and one for any number of calls',
    onLinux,
    async () => {
      const child = await run(
        async (_, answer) => {
          const { readdirSync, readFileSync } = require('node:fs')
          const threads = () =>
            readdirSync('/proc/self/task')
              .map((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim())
              .sort()
          const before = threads()
          const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
          const adapters = Array.from({ length: 10 }, () =>
            ChatBotKitPartnerAdapter({ secret: 'sk-x', store: new MemoryStore() }),
          )
          const loaded = threads()
          const found = adapters.flatMap((adapter) =>
            Array.from({ length: 100 }, (_, n) => adapter.getSessionAndUser(`token ${n}`)),
          )
          answer({
            before,
            loaded,
            found: new Set(await Promise.all(found)).size,
            called: threads(),
          })
        },
        { env: OF_OTHERS },
      )
      const { before, loaded, found, called } = child.answer
      assert.deepEqual(loaded, before)
      assert.equal(found, 1)
      assert.deepEqual(called, [...before, 'chatbotkit-auth'].sort())
    },
  )

  test('that the system does not give are an error that may pass', onLinux, async () => {
    const child = await run(async (_, answer) => {
      const { execFileSync } = require('node:child_process')
      const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
      const adapter = ChatBotKitPartnerAdapter({ secret: 'sk-x', store: new MemoryStore() })
      execFileSync('prlimit', [`--pid=${process.pid}`, '--nproc=1:1'])
      // The limit does not hold for root.
      if (process.getuid() === 0) process.setuid(65_534)
      const failure = () => adapter.getSessionAndUser('token').catch((error) => error)
      const failures = await Promise.all([failure(), failure(), failure()])
      answer(failures.map(({ code, message, retryable }) => ({ code, message, retryable })))
    })
    assert.deepEqual([child.code, child.stderr], [0, ''])
    assert.equal(child.answer.length, 3)
    for (const { code, message, retryable } of child.answer) {
      assert.deepEqual([code, retryable], ['ERR_INTERNAL', true])
      assert.match(message, /^getSessionAndUser failed: the system gives no thread \(.+\)$/)
    }
  })
})
