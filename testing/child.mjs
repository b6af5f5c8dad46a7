/**
 * Node scripts in processes of their own.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** How long a process may live that has nothing left to do, in milliseconds. */
const LINGERING = 15_000

/** How long it may take to have nothing left to do, on a busy machine. */
const DEADLINE = 120_000

/**
 * Runs `script` in a process of its own, as the body of a CommonJS module that stands in the
 * package's folder. It gets `input` and answers with `answer(value)`.
 *
 * @param {(input: any, answer: (value: any) => void) => unknown} script refers to nothing outside
 * @param {{input?: any, env?: Record<string, string | undefined>, flags?: string[]}} [options]
 * @returns {Promise<{code: number | null, signal: string | null, answer: any, lingered: number, stdout: string, stderr: string}>} `lingered`: milliseconds from the answer to the end
 */
export function run(script, { input = null, env = {}, flags = [] } = {}) {
  const source = `(${script})(${JSON.stringify(input)}, (value) => {
    require('node:fs').writeSync(3, JSON.stringify(value) ?? 'null')
  })`
  return spawned([...flags, '-e', source], env)
}

/**
 * The same for a script that has to end by itself, without an error and without a word.
 *
 * @param {Parameters<typeof run>[0]} script
 * @param {Parameters<typeof run>[1] & { within?: number }} [options] `within`: milliseconds from the
 *   answer to the end
 * @returns {Promise<any>} its answer
 */
export async function runWell(script, { within, ...options } = {}) {
  const { code, signal, stderr, answer, lingered } = await run(script, options)
  assert.deepEqual([code, signal, stderr], [0, null, ''])
  if (within !== undefined) assert.ok(lingered < within, `${lingered} ms`)
  return answer
}

/** Runs an ES module of that source. It prints its answer as JSON. */
export async function runModule(source) {
  const { stdout, ...child } = await spawned(['--input-type=module', '-e', source], {})
  return { ...child, stdout, answer: child.code === 0 ? JSON.parse(stdout) : undefined }
}

function spawned(args, env) {
  const { NODE_OPTIONS: _, NODE_ENV: __, ...inherited } = process.env
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: Object.fromEntries(
      Object.entries({ ...inherited, ...env }).filter(([, value]) => value !== undefined),
    ),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: DEADLINE,
    killSignal: 'SIGKILL',
  })
  const texts = ['', '', '', '']
  for (const number of [1, 2, 3]) {
    child.stdio[number].setEncoding('utf8').on('data', (text) => {
      texts[number] += text
    })
  }
  let answered
  let impatience
  child.stdio[3].once('data', () => {
    answered = performance.now()
    impatience = setTimeout(() => child.kill('SIGKILL'), LINGERING)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(impatience)
      const [, stdout, stderr, text] = texts
      const lingered = performance.now() - answered
      const answer = text ? JSON.parse(text) : undefined
      resolve({ code, signal, stdout, stderr, answer, lingered })
    })
  })
}
