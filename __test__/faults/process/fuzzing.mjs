import assert from 'node:assert/strict'
import { runWell } from '../../../testing/child.mjs'

// In processes of their own: a crash of the native code must be seen, not shared. Every address leads
// to this machine or nowhere.

/** For how long to go on with each seed, in milliseconds. */
const DURATION = Number(process.env.FUZZ_MILLISECONDS ?? 1_000)

/** Some that are the same for all, and one that is another each time; FUZZ_SEED repeats a run. */
const SEEDS = process.env.FUZZ_SEED
  ? [Number(process.env.FUZZ_SEED)]
  : [4050464293, 1816053780, Math.floor(Math.random() * 2 ** 32)]

/** Runs a script with each seed, which goes on until its time is over; what the runs came to. */
export async function fuzz(t, script, options = {}) {
  const outcomes = []
  for (const seed of SEEDS) {
    t.diagnostic(`FUZZ_SEED=${seed}`)
    outcomes.push(await runWell(script, { input: { seed, duration: DURATION, ...options } }))
  }
  return {
    ...outcomes.at(-1),
    calls: outcomes.reduce((sum, { calls }) => sum + calls, 0),
    strange: outcomes.flatMap(({ strange }, index) =>
      strange.map((one) => `FUZZ_SEED=${SEEDS[index]}: ${one}`),
    ),
  }
}

/** What a run has to come to: many calls, none of which the native code did not survive. */
export function assertSurvived(t, { calls, strange }) {
  t.diagnostic(`${calls} calls`)
  assert.deepEqual(strange, [])
  assert.ok(calls >= 50, `${calls} calls`)
}
