import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startApi } from '../../../testing/adapter.mjs'
import { redisFor } from '../../../testing/redis/servers.mjs'

/**
 * How many people sign in during each soak. As many as SOAK_SIGN_INS says; what grows slowly shows
 * only with a hundred thousand.
 */
const SIGN_INS = Number(process.env.SOAK_SIGN_INS ?? 16_000)

/** How much memory may grow after the first half, in MiB. */
const GROWTH = 16

/** And how many open files: connections to the API come and go. */
const FILES = 16

const PROGRAM = fileURLToPath(new URL('soak-process.mjs', import.meta.url))

async function soak(input) {
  const args = ['--expose-gc', PROGRAM, JSON.stringify(input)]
  // One arena for Node: what is measured is what is held, and not what glibc scatters.
  const env = { ...process.env, MALLOC_ARENA_MAX: '1' }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const [code, signal] = await once(child, 'close')
  assert.deepEqual([code, signal], [0, null])
  return JSON.parse(text)
}

const people = Array.from({ length: 100 }, (_, n) => ({ email: `person${n}@example.com` }))

describe('thousands of sign-ins', { concurrency: true }, () => {
  for (const kind of ['memory', 'redis', 'javascript']) {
    test(`take no more and more memory, files or handles with a ${kind} store`, async (t) => {
      const { options } = await startApi(t, { users: people })
      const redis = kind === 'redis' ? await redisFor(t) : undefined
      const measures = await soak({ kind, options, redis: redis?.url, signIns: SIGN_INS })
      t.diagnostic(
        measures.map(({ signIns, megabytes }) => `${signIns}: ${megabytes.toFixed(1)}`).join(', '),
      )
      const [warm, last] = [measures[measures.length / 2 - 1], measures.at(-1)]
      const text = JSON.stringify(measures)
      assert.equal(last.signIns, SIGN_INS)
      assert.ok(last.megabytes - warm.megabytes < GROWTH, text)
      assert.ok(last.heap - warm.heap < GROWTH / 2, text)
      assert.ok(last.resources <= warm.resources, text)
      assert.ok(last.files - warm.files <= FILES, text)
    })
  }
})
