/**
 * Two processes that redeem the same codes.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { anotherAdapter, reach, startSandbox } from '../../testing/adapter.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { issueCode } from '../../testing/records.mjs'
import { clientFor } from './libraries.mjs'

const REDEEMER = fileURLToPath(new URL('redeemer.mjs', import.meta.url))

/** How long a process may take, in milliseconds. */
const DEADLINE = 30_000

/**
 * Asserts that of 100 redemptions of a code, half of them through another process, one succeeds, and
 * that both processes end by themselves.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} library
 * @param {import('./libraries.mjs').Place} place
 */
export async function assertRedeemedOnce(t, library, place) {
  const sandbox = await startSandbox(t, { users: [ADA, BOB] })
  const options = { ...reach(sandbox), keyPrefix: `redeemed-${library}:` }
  const store = await clientFor(t, library, place)
  const adapter = anotherAdapter(sandbox, { ...options, store })
  const codes = [await issueCode(adapter, ADA.email), await issueCode(adapter, BOB.email)]
  const input = JSON.stringify({ library, place, options, codes, each: 50 })
  const processes = [1, 2].map(() => redeemer(t, input))
  await Promise.all(processes.map(({ line }) => line()))
  for (const { go } of processes) go()
  const counts = await Promise.all(processes.map(async ({ line }) => JSON.parse(await line())))
  for (const number of codes.keys()) {
    assert.equal(counts[0][number] + counts[1][number], 1, `${library}: ${JSON.stringify(counts)}`)
  }
  assert.deepEqual(await Promise.all(processes.map(({ ended }) => ended)), [0, 0])
}

function redeemer(t, input) {
  const child = spawn(process.execPath, [REDEEMER, input], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: DEADLINE,
    killSignal: 'SIGKILL',
  })
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    line: async () => (await lines.next()).value,
    go: () => child.stdin.write('go\n'),
    ended: new Promise((resolve) => {
      child.once('exit', resolve)
    }),
  }
}
