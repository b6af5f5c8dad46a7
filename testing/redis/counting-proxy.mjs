/**
 * A proxy in front of a Redis that counts what a call costs on the network.
 *
 * A round trip of one connection begins with the first byte of a request sent while nothing is
 * outstanding, and ends when the client has the answers to all requests sent since then. So N requests
 * written before any answer arrives are one round trip, however the network cuts them into packets,
 * and N requests each sent after the answer to the one before are N. For the proxy to tell these two
 * apart, answers are held back until the client has been silent for HOLD: what it sends until then it
 * sends without knowing them. (A client without TCP_NODELAY does wait: its system keeps the second
 * small write back until the first is acknowledged, which in practice is with the answer.)
 */
import { connect, createServer } from 'node:net'
import { setupCommands } from './command-counts.mjs'
import { socketOptions } from './connection.mjs'
import { isAnswer, ReplyReader } from './resp.mjs'

/** Longer than a client takes between two writes of one pipeline, in milliseconds. */
const HOLD = 3

/**
 * @typedef {object} Counts since the start or the last `reset`
 * @property {number} roundTrips that carry any command besides those that set up a connection
 * @property {number} setupRoundTrips that carry nothing else: HELLO, AUTH, SELECT, CLIENT, …
 * @property {number} waits how often the client began to wait with nothing under way on any
 *   connection: round trips side by side are one wait
 * @property {string[][]} trips the commands of each round trip, in lower case
 * @property {number} connections opened
 * @property {number} bytesSent by the client
 * @property {number} bytesReceived by the client
 *
 * @typedef {object} CountingProxy
 * @property {string} url of the proxy, with the password of the target
 * @property {() => Counts} counts
 * @property {() => void} reset when nothing is under way; what is would be counted in parts
 * @property {() => void} pause nothing is forwarded in either direction until `resume`
 * @property {() => void} resume
 * @property {() => void} cut drops all connections; new ones are welcome
 * @property {() => Promise<void>} stop leaves the target running
 */

/**
 * @param {import('./connection.mjs').Address} target without TLS, which cannot be read on the way
 * @returns {Promise<CountingProxy>}
 */
export async function startCountingProxy(target) {
  const { password, tls, ...address } = socketOptions(target)
  if (tls) throw new Error('A proxy cannot count what TLS hides')
  const links = new Set()
  const state = { paused: false, underWay: 0, counts: undefined }
  const reset = () => {
    state.counts = { trips: [], waits: 0, connections: 0, bytesSent: 0, bytesReceived: 0 }
  }
  reset()

  const server = createServer((client) => {
    state.counts.connections += 1
    const link = new Link(client, connect(address), state, () => links.delete(link))
    links.add(link)
  })
  await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const each = (action) => {
    for (const link of links) link[action]()
  }

  const credentials = password ? `:${encodeURIComponent(password)}@` : ''
  return {
    url: `redis://${credentials}127.0.0.1:${server.address().port}`,
    counts: () => summary(state.counts),
    reset,
    pause() {
      state.paused = true
      each('pause')
    },
    resume() {
      state.paused = false
      each('resume')
    },
    cut: () => each('cut'),
    async stop() {
      each('cut')
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function summary({ trips, ...counts }) {
  // A request that never became whole is no round trip.
  const whole = trips.filter((commands) => commands.length > 0)
  const setup = whole.filter((commands) => commands.every((name) => setupCommands.has(name)))
  return {
    roundTrips: whole.length - setup.length,
    setupRoundTrips: setup.length,
    ...counts,
    trips: whole.map((commands) => [...commands]),
  }
}

/** One client and its connection to the server. */
class Link {
  #client
  #server
  #state
  #requests = new ReplyReader()
  #answers = new ReplyReader()
  #outstanding = 0
  #trip
  #held = []
  #release

  constructor(client, server, state, closed) {
    this.#client = client
    this.#server = server
    this.#state = state
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', () => this.cut())
      socket.on('close', () => {
        this.cut()
        closed()
      })
    }
    client.on('data', (chunk) => this.#fromClient(chunk))
    server.on('data', (chunk) => this.#fromServer(chunk))
    if (state.paused) this.pause()
  }

  pause() {
    clearTimeout(this.#release)
    this.#client.pause()
    this.#server.pause()
  }

  resume() {
    this.#client.resume()
    this.#server.resume()
    this.#holdOn()
  }

  cut() {
    clearTimeout(this.#release)
    this.#endTrip()
    this.#client.destroy()
    this.#server.destroy()
  }

  #fromClient(chunk) {
    this.#state.counts.bytesSent += chunk.length
    this.#beginTrip()
    for (const { value } of this.#requests.read(chunk)) {
      this.#outstanding += 1
      this.#trip.push(value[0].value.toString().toLowerCase())
    }
    this.#server.write(chunk)
    this.#holdOn()
  }

  #fromServer(chunk) {
    this.#outstanding -= this.#answers.read(chunk).filter(isAnswer).length
    this.#held.push(chunk)
    this.#holdOn()
  }

  #holdOn() {
    clearTimeout(this.#release)
    if (this.#held.length > 0) this.#release = setTimeout(() => this.#forward(), HOLD)
  }

  #forward() {
    const bytes = Buffer.concat(this.#held.splice(0))
    this.#state.counts.bytesReceived += bytes.length
    if (this.#outstanding === 0 && !this.#requests.isMidway) this.#endTrip()
    this.#client.write(bytes)
  }

  #beginTrip() {
    if (this.#trip) return
    this.#trip = []
    this.#state.counts.trips.push(this.#trip)
    if (this.#state.underWay === 0) this.#state.counts.waits += 1
    this.#state.underWay += 1
  }

  #endTrip() {
    if (!this.#trip) return
    this.#trip = undefined
    this.#state.underWay -= 1
  }
}
