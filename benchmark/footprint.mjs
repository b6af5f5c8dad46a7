/**
 * What things cost that nobody waits for: loading, first calls, memory, bytes in Redis.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ask, startRedis } from '../testing/redis/servers.mjs'
import { median } from './figures.mjs'
import { SECRET } from './population.mjs'
import { startSide } from './processes.mjs'
import { SIDES } from './sides.mjs'

const ALONE = fileURLToPath(new URL('alone.mjs', import.meta.url))

/** How many sessions and codes are stored to see what one of them takes. */
const STORED = 2_000

function alone(...args) {
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', ALONE, ...args]).toString())
}

/** Medians of processes of their own. Times in milliseconds, sizes in bytes. */
export function footprint(apiUrl, times) {
  const repeated = (...args) =>
    Array.from({ length: times }, () => Object.values(alone(...args))[0])
  return {
    load: median(repeated('load')),
    firstCall: median(repeated('firstCall', apiUrl)),
    adapter: median(repeated('adapters')),
    ...alone('sessions'),
  }
}

/** Bytes that a stored session, with its index, and a stored code take in Redis, by side. */
export async function storedBytes(apiUrl) {
  const bytes = {}
  for (const name of ['adapter', 'javascript']) {
    const redis = await startRedis()
    const { module, settings } = SIDES[name]
    const options = { apiUrl, redisUrl: redis.url, secret: SECRET, ...settings }
    const side = await startSide(module, options)
    bytes[name] = {}
    for (const [operation, what] of [
      ['createSession', 'session'],
      ['createCode', 'code'],
    ]) {
      await side.fill(operation, 100)
      const before = await usedMemory(redis)
      await side.fill(operation, STORED)
      bytes[name][what] = ((await usedMemory(redis)) - before) / STORED
    }
    await side.stop()
    await redis.stop()
  }
  return bytes
}

async function usedMemory(redis) {
  const info = await ask(redis, 'INFO', 'memory')
  return Number(/^used_memory_dataset:(\d+)/m.exec(info)[1])
}
