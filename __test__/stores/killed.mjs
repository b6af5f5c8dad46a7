/**
 * Processes and servers that are killed in the midst of writes.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { ROOT } from '../../testing/child.mjs'
import { until } from '../../testing/waiting.mjs'

const KILLS = 5

/** Writes one value after the other in ten lanes, and prints the key of each once it was answered. */
const WRITER = `
const { writeSync } = require('node:fs')
const stores = require('./index.js')
const [kind, options, name] = JSON.parse(process.env.STORE)
const store = new stores[kind](options)
const lane = async (lane) => {
  for (let number = 0; ; number += 1) {
    const key = name + ' ' + lane + ' ' + number
    if (number % 2) await store.set(key, { key })
    else if (!(await store.compareAndSet(key, null, { key }))) throw new Error(key)
    writeSync(1, key + '\\n')
  }
}
for (let number = 0; number < 10; number += 1) lane(number)`

/** Kills a writer after some writes. Gives the keys that it was answered. */
async function writeUntilKilled(store) {
  const env = { ...process.env, STORE: JSON.stringify(store) }
  const child = spawn(process.execPath, ['-e', WRITER], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const enough = randomInt(200, 1_000)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
    if (printed.split('\n').length > enough) child.kill('SIGKILL')
  })
  const [code, signal] = await new Promise((resolve) => {
    child.once('close', (...how) => resolve(how))
  })
  assert.deepEqual([code, signal], [null, 'SIGKILL'])
  // The last line may be broken off.
  return printed.split('\n').slice(0, -1)
}

/** Asserts that nothing is lost that was answered. `store` is of that kind, over the same data. */
export async function checkKilled(t, kind, options, store) {
  const answered = []
  for (let kill = 0; kill < KILLS; kill += 1) {
    answered.push(...(await writeUntilKilled([kind, options, `kill ${kill}`])))
    for (const key of answered) assert.deepEqual(await store.get(key), { key })
  }
  t.diagnostic(`${answered.length} writes were answered before ${KILLS} kills, and all are there`)
  await store.set('after', 1)
}

/**
 * Asserts that nothing is lost that was answered before a server was killed.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ kill(): Promise<void>, restart(): Promise<void> }} server
 * @param {object} store in it
 */
export async function checkServerKilled(t, server, store) {
  const answered = []
  for (let kill = 0; kill < KILLS; kill += 1) {
    const enough = answered.length + randomInt(200, 1_000)
    let isOver = false
    const lane = async (lane) => {
      for (let number = 0; !isOver; number += 1) {
        const key = `server ${kill} ${lane} ${number}`
        const write = number % 2 ? store.set(key, { key }) : store.compareAndSet(key, null, { key })
        // Some fail while there is no server.
        if ((await write.catch(() => false)) !== false) answered.push(key)
      }
    }
    const lanes = Array.from({ length: 10 }, (_, number) => lane(number))
    await until('some writes', () => answered.length > enough)
    await server.kill()
    isOver = true
    await server.restart()
    await Promise.all(lanes)
    for (const key of answered) assert.deepEqual(await store.get(key), { key })
  }
  t.diagnostic(`${answered.length} writes were answered, ${KILLS} times the server was killed`)
}
