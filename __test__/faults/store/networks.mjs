/**
 * Networks and servers that say nothing any more, for stores in Redis.
 */
import { connect, createServer } from 'node:net'
import { listenFor } from '../../../testing/listening.mjs'

/**
 * A network on the way to `port`.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 * @returns {Promise<{ port: number, connections: number, forget(): void }>} `forget`: what is sent over
 *   the connections that are open now arrives nowhere, and nobody is told
 */
export async function networkFor(t, port) {
  const pairs = new Set()
  const network = { connections: 0 }
  const server = createServer((client) => {
    network.connections += 1
    const target = connect(port, '127.0.0.1')
    const pair = [client, target]
    pairs.add(pair)
    for (const [from, to] of [pair, [target, client]]) {
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  network.port = (await listenFor(t, server)).port
  network.forget = () => {
    for (const [client, target] of pairs) {
      client.unpipe(target).resume()
      target.unpipe(client).resume()
    }
    pairs.clear()
  }
  return network
}

/** A server that accepts connections and says nothing; its port. */
export async function silentPort(t) {
  return (await listenFor(t, createServer())).port
}

/** Stops processes until they are continued, which they are before `stop` ends the servers. */
export function frozen(t, stop) {
  const pids = new Set()
  const each = (signal, servers) => {
    for (const { pid } of servers) {
      process.kill(pid, signal)
      if (signal === 'SIGSTOP') pids.add(pid)
      else pids.delete(pid)
    }
  }
  t.after(async () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    await stop()
  })
  return {
    freeze: (...servers) => each('SIGSTOP', servers),
    thaw: (...servers) => each('SIGCONT', servers),
  }
}

/**
 * A server that speaks the protocol of Redis and answers as it is told.
 *
 * @param {import('node:test').TestContext} t
 * @param {(command: string[], connection: number) => string} answer what is sent back, as it is on
 *   the wire
 * @returns {Promise<{ port: number, url: string, connections: number }>}
 */
export async function answering(t, answer) {
  const server = { connections: 0 }
  const { port } = await listenFor(
    t,
    createServer((socket) => {
      server.connections += 1
      const connection = server.connections
      socket.on('data', (bytes) => {
        // The store writes a command, or several at once, in one piece.
        for (const text of bytes.toString().split(/(?=\*\d+\r\n)/)) {
          const words = text.split('\r\n').filter((_, index) => index > 0 && index % 2 === 0)
          socket.write(answer(words, connection))
        }
      })
    }),
  )
  return Object.assign(server, { port, url: `redis://127.0.0.1:${port}` })
}

/** A sentinel that names the server at `port()` the primary of every service. */
export async function sentinelFor(t, port) {
  return answering(t, () => {
    const number = String(port())
    return `*2\r\n$9\r\n127.0.0.1\r\n$${number.length}\r\n${number}\r\n`
  })
}
