/**
 * A proxy in front of a PostgreSQL that counts statements. The store sends each by itself and waits for
 * its answer, so that is round trips, too.
 *
 * Messages: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import { connect, createServer } from 'node:net'

/** What the store does by itself, every ten seconds. */
const OWN = /^WITH swept/

const LENGTH = 4
const TYPE = 1

/**
 * @param {import('./postgres.mjs').Postgres} target
 * @returns {Promise<{ url: string, statements: () => string[], reset: () => void, stop: () => Promise<void> }>}
 */
export async function startCountingProxy(target) {
  let statements = []
  const sockets = new Set()
  const server = createServer((client) => {
    const upstream = connect({ port: target.port, host: '127.0.0.1' })
    const read = readerOf((sql) => {
      if (!OWN.test(sql)) statements.push(sql)
    })
    client.on('data', read)
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
  })
  await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const url = new URL(target.url)
  url.port = server.address().port
  // What TLS hides cannot be read on the way.
  url.searchParams.set('sslmode', 'disable')
  return {
    url: String(url),
    statements: () => statements,
    reset() {
      statements = []
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Reads what a client sends, and tells the text of each `Parse`. */
function readerOf(tell) {
  let rest = Buffer.alloc(0)
  // The first message has no type.
  let type = 0
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= type + LENGTH) {
      const end = type + rest.readUInt32BE(type)
      if (rest.length < end) return
      if (type === TYPE && rest[0] === 'P'.charCodeAt(0)) {
        const [, sql] = rest.toString('utf8', TYPE + LENGTH, end).split('\0')
        tell(sql)
      }
      rest = rest.subarray(end)
      type = TYPE
    }
  }
}
