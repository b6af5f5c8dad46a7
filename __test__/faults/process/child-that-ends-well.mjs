import assert from 'node:assert/strict'
import { createSandbox } from '../../../sandbox/index.js'
import { run } from '../../process/child.js'

/**
 * Runs a script in a process of its own, which has to end by itself, without an error and without
 * a word.
 *
 * @param {Parameters<typeof run>[0]} script
 * @param {Parameters<typeof run>[1]} [options]
 * @returns {Promise<any>} its answer
 */
export async function runWell(script, options) {
  const { code, signal, stderr, answer } = await run(script, options)
  assert.deepEqual([code, signal, stderr], [0, null, ''])
  return answer
}

/** A Partner API that ends with the test, and the options of an adapter that uses it. */
export async function startApi(t, options) {
  const sandbox = createSandbox({ users: [{ email: 'ada@example.com' }], ...options })
  await sandbox.listen()
  t.after(() => sandbox.close())
  return { sandbox, options: { baseUrl: sandbox.url, secret: sandbox.secret } }
}
