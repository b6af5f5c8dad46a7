/**
 * What is compared: this adapter, the same contract in JavaScript, and the floor.
 */

import { SECRET } from './population.mjs'
import { startFloor, startSide } from './processes.mjs'
import { startRecorder } from './recorder.mjs'

/** Stands for the number of a new user in what the floor sends; server/src/floor.rs fills it in. */
const NUMBER = '########'

/** Numbers of the floor's new users, which no other side has: enough of them for each run. */
const FLOOR_FIRST = 80_000_000
const FLOOR_RUN = 100_000

/** What the sides are called. `cached` is compared where it differs from `javascript` only. */
export const SIDES = {
  adapter: { module: 'native' },
  javascript: { module: 'javascript' },
  cached: { module: 'javascript', settings: { cache: true }, operations: ['getSessionAndUser'] },
}

/** What another checkout is compared in. */
const COMPARED_BEFORE = ['getUser', 'getUserByEmail', 'signIn', 'getSessionAndUser']

/**
 * Adds another checkout of this package, in which the addon has been built, as a side. It has keys of
 * its own: what one version stores, another need not read.
 */
export function addCheckout(folder) {
  const settings = { folder, keyPrefix: 'nextauth-before:' }
  SIDES.before = { module: 'native', settings, operations: COMPARED_BEFORE }
}

/** Whether a side takes part in an operation. */
export function takesPart(side, operation) {
  return SIDES[side]?.operations?.includes(operation) ?? true
}

/**
 * Has each side do each operation once, after a first time that opens the connections.
 *
 * @param {object} servers their ports
 * @param {string[]} operations
 * @returns {Promise<Record<string, Record<string, object[]>>>} the steps, by side and operation
 */
export async function recordSteps(servers, operations) {
  const steps = {}
  for (const [name, { module, settings }] of Object.entries(SIDES)) {
    const recorder = await startRecorder(servers)
    const { apiUrl, redisUrl } = recorder
    const side = await startSide(module, { apiUrl, redisUrl, secret: SECRET, ...settings })
    steps[name] = {}
    for (const operation of operations) {
      if (!takesPart(name, operation)) continue
      await side.prepare(operation)
      await side.once(operation)
      recorder.take()
      await side.once(operation)
      steps[name][operation] = recorder.take()
    }
    await side.stop()
    await recorder.stop()
  }
  return steps
}

/** Starts a process with this adapter alone. */
export function startAdapter({ apiUrl, redisUrl }) {
  return startSide(SIDES.adapter.module, { apiUrl, redisUrl, secret: SECRET })
}

/**
 * Starts a process for each side.
 *
 * @param {string} program the Rust program
 * @param {object} servers where they connect to
 * @param {object} steps of `recordSteps`, for the floor
 */
export async function startSides(program, { apiUrl, redisUrl }, steps) {
  const sides = {}
  for (const [name, { module, settings }] of Object.entries(SIDES)) {
    sides[name] = await startSide(module, { apiUrl, redisUrl, secret: SECRET, ...settings })
  }
  const floor = startFloor(program)
  let first = FLOOR_FIRST
  sides.floor = {
    prepare: async () => {},
    run({ operation, ...run }) {
      first += FLOOR_RUN
      const recorded = steps.adapter[operation]
      const headers = recorded.find((step) => step.headers)?.headers ?? []
      return floor.run({ ...run, first, apiUrl, redisUrl, headers, steps: recorded.map(floorStep) })
    },
    stop: floor.stop,
  }
  return sides
}

function floorStep({ command, path, body }) {
  return command ?? { path, body: body?.replace(/(?<="new)\d{8}(?=@)/, NUMBER) ?? null }
}
