/**
 * Ports for servers that take no 0.
 */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below what systems pick for outgoing connections (Linux: from 32768), so restarts find it free. */
const LOWEST_PORT = 12_000
const HIGHEST_PORT = 32_000

/** How often to ask for another port when somebody took the free one first. */
const ATTEMPTS = 5

const handedOut = new Set()

/**
 * Starts a server on a port nobody listens on, and on another one when somebody took it first.
 *
 * @template T
 * @param {(port: number) => Promise<T>} start fails with "Address already in use" in that case
 * @returns {Promise<T>}
 */
export async function onFreePort(start) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort())
    } catch (error) {
      if (!/Address already in use/.test(error.message) || attempt === ATTEMPTS) throw error
    }
  }
}

/** @returns {Promise<number>} free on 127.0.0.1 right now; never the same one twice in a process */
export async function freePort() {
  for (;;) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT)
    if (handedOut.has(port) || !(await isFree(port))) continue
    handedOut.add(port)
    return port
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)))
  })
}
