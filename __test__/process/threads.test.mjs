import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ROOT, run } from '../../testing/child.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'

const onLinux = { skip: process.platform !== 'linux' && 'reads /proc' }

/** What other packages with tokio in them obey, and some fail at. */
const OF_OTHERS = { TOKIO_WORKER_THREADS: 'none' }

/** Runs a script whose process may have `count` open files, and returns what it prints as JSON. */
function runWithFiles(count, script) {
  const limited = `ulimit -n ${count} && exec "$0" -e "$1"`
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', limited, process.execPath, `(${script})()`],
    { cwd: ROOT, encoding: 'utf8', timeout: 60_000 },
  )
  assert.deepEqual([status, stderr], [0, ''])
  return JSON.parse(stdout)
}

describe('threads', () => {
  test('are none while the package is loaded, and one for a thousand calls', onLinux, async () => {
    const child = await run(
      async (_, answer) => {
        const { readdirSync, readFileSync } = require('node:fs')
        const threads = () => readdirSync('/proc/self/task')
        const before = new Set(threads())
        const newNames = () =>
          threads()
            .filter((id) => !before.has(id))
            .map((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim())
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const adapters = Array.from({ length: 10 }, () =>
          ChatBotKitPartnerAdapter({ secret: 'sk-x', store: new MemoryStore() }),
        )
        const loaded = newNames()
        const found = await Promise.all(
          adapters.flatMap((adapter) =>
            Array.from({ length: 100 }, (_, n) => adapter.getSessionAndUser(`token ${n}`)),
          ),
        )
        answer({ loaded, found, called: newNames() })
      },
      { env: OF_OTHERS },
    )
    assert.deepEqual([child.code, child.stderr], [0, ''])
    const { loaded, found, called } = child.answer
    assert.deepEqual(loaded, [])
    assert.deepEqual([found.length, ...new Set(found)], [1_000, null])
    assert.deepEqual(called, ['chatbotkit-auth'])
  })

  test('that cannot be started are an error that may pass, and are tried again', onLinux, () => {
    const { failures, later } = runWithFiles(256, async () => {
      const { closeSync, openSync } = require('node:fs')
      const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
      const adapter = ChatBotKitPartnerAdapter({ secret: 'sk-x', store: new MemoryStore() })
      const files = []
      try {
        for (;;) files.push(openSync('/dev/null'))
      } catch {}
      const some = Array.from({ length: 3 }, () => adapter.getSessionAndUser('token'))
      const failures = (await Promise.allSettled(some)).map(({ reason }) => reason)
      files.forEach((file) => void closeSync(file))
      const later = await adapter.getSessionAndUser('token')
      const told = ({ code, message, retryable }) => ({ code, message, retryable })
      console.log(JSON.stringify({ failures: failures.map(told), later }))
    })
    assert.equal(failures.length, 3)
    for (const { code, message, retryable } of failures) {
      assert.deepEqual([code, retryable], ['ERR_INTERNAL', true])
      const expected = /^getSessionAndUser failed: the native code could not be started \(.+\)$/
      assert.match(message, expected)
    }
    assert.equal(later, null)
  })

  // As another addon does it that closes a descriptor twice.
  test('that fail end the calls that are under way, and another follows', onLinux, async () => {
    const child = await run(async (_, answer) => {
      const { closeSync, readdirSync, readlinkSync } = require('node:fs')
      const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
      const adapter = ChatBotKitPartnerAdapter({ secret: 'sk-x', store: new MemoryStore() })
      const queues = () =>
        readdirSync('/proc/self/fd').filter((fd) => {
          try {
            return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[eventpoll]'
          } catch {
            return false
          }
        })
      const ofNode = queues()
      await adapter.getSessionAndUser('token')
      for (const fd of queues()) if (!ofNode.includes(fd)) closeSync(Number(fd))
      const outcomes = []
      do {
        outcomes.push(await adapter.getSessionAndUser('token').catch(({ code }) => code))
      } while (outcomes.length < 1_000 && !(outcomes.includes('ERR_INTERNAL') && !outcomes.at(-1)))
      answer(outcomes)
    })
    assert.deepEqual([child.code, child.signal], [0, null])
    assert.match(child.stderr, /chatbotkit-auth/)
    const { answer } = child
    assert.deepEqual([...new Set(answer)].sort(), ['ERR_INTERNAL', null])
    assert.equal(answer.at(-1), null)
  })

  // As it is with files on a network that is down: nobody ever writes into this one.
  test('go on with other calls while certificates cannot be read', onLinux, async () => {
    const file = join(temporaryFolder('certificates'), 'certificates.pem')
    assert.equal(spawnSync('mkfifo', [file]).status, 0)
    const child = await run(
      async (_, answer) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const options = { secret: 'sk-x', store: new MemoryStore(), timeout: 1_000, retries: 0 }
        const adapter = ChatBotKitPartnerAdapter({ ...options, baseUrl: 'https://127.0.0.1:1' })
        const order = []
        const end = (name) => (outcome) => order.push([name, outcome?.code ?? outcome])
        await Promise.all([
          adapter.getUser('cx').catch(end('look-up')),
          adapter.getSessionAndUser('token').then(end('session')),
        ])
        answer(order)
      },
      { env: { SSL_CERT_FILE: file } },
    )
    assert.deepEqual([child.code, child.stderr], [0, ''])
    assert.deepEqual(child.answer, [
      ['session', null],
      ['look-up', 'ERR_API_TIMEOUT'],
    ])
  })
})
