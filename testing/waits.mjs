/**
 * How often a call waits: for a store and an API that are a network away, that is what it costs.
 *
 * All that is sent before an answer to any of it comes is one wait. Proxies in front of Redis and of the
 * API hold every answer back until all that was sent has one and the caller has been silent for HOLD:
 * what it sends until then it sends without knowing them. Then all are let go at once, and that was one
 * wait. No time is measured, so the count is the same on every machine.
 */
import { connect, createServer } from 'node:net'
import { socketOptions } from './redis/connection.mjs'
import { isAnswer, ReplyReader } from './redis/resp.mjs'

/** Longer than a busy machine takes between two things that are sent at once, in milliseconds. */
const HOLD = 50

/** What was sent and not answered yet, on all connections together. */
class Waits {
  count = 0
  #outstanding = 0
  #releases = []
  #timer

  sent() {
    this.#outstanding += 1
    this.#holdOn()
  }

  /** @param {() => void} release lets the answer go */
  answered(release) {
    this.#releases.push(release)
    this.#holdOn()
  }

  #holdOn() {
    clearTimeout(this.#timer)
    // After what has arrived meanwhile was read, should the process have been kept from it.
    this.#timer = setTimeout(() => setImmediate(() => this.#end()), HOLD)
  }

  #end() {
    if (this.#outstanding === 0 || this.#releases.length < this.#outstanding) return
    this.count += 1
    this.#outstanding = 0
    for (const release of this.#releases.splice(0)) release()
  }
}

/** A connection to Redis: each command has an answer, in order. */
function passCommands(client, server, waits) {
  const [commands, answers] = [new ReplyReader(), new ReplyReader()]
  let held = []
  const release = () => {
    if (held.length > 0) client.write(Buffer.concat(held))
    held = []
  }
  client.on('data', (chunk) => {
    for (const _ of commands.read(chunk)) waits.sent()
    server.write(chunk)
  })
  server.on('data', (chunk) => {
    held.push(chunk)
    for (const _ of answers.read(chunk).filter(isAnswer)) waits.answered(release)
  })
}

/** A connection of HTTP/1.1: a request, then its answer, of which the first bytes are waited for. */
function passRequests(client, server, waits) {
  let state = 'idle'
  const held = []
  const release = () => {
    state = 'idle'
    client.write(Buffer.concat(held.splice(0)))
  }
  client.on('data', (chunk) => {
    if (state === 'idle') waits.sent()
    if (state === 'idle') state = 'asked'
    server.write(chunk)
  })
  server.on('data', (chunk) => {
    if (state === 'idle') return client.write(chunk)
    held.push(chunk)
    if (state === 'asked') waits.answered(release)
    state = 'answered'
  })
}

/** A proxy to `target` that ends with the test. @returns {Promise<number>} its port */
async function startProxy(t, target, pass) {
  const sockets = new Set()
  const server = createServer((client) => {
    const onward = connect(target)
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ]) {
      sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
    pass(client, onward)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return server.address().port
}

/**
 * Proxies in front of a Redis and an API.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('./redis/connection.mjs').Address} redis without TLS or a password
 * @param {{ url: string }} api over HTTP
 */
export async function startWaits(t, redis, api) {
  const waits = new Waits()
  const { host, port, path } = socketOptions(redis)
  const redisPort = await startProxy(t, path ? { path } : { host, port }, (client, server) =>
    passCommands(client, server, waits),
  )
  const { hostname, port: apiPort } = new URL(api.url)
  const proxied = await startProxy(t, { host: hostname, port: apiPort }, (client, server) =>
    passRequests(client, server, waits),
  )
  return {
    redisUrl: `redis://127.0.0.1:${redisPort}`,
    apiUrl: `http://127.0.0.1:${proxied}`,
    /** Runs a call that is alone, and says how often it waited. @param {() => Promise<unknown>} call */
    async waitsOf(call) {
      const before = waits.count
      const value = await call()
      return { waits: waits.count - before, value }
    },
  }
}
