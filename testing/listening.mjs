/**
 * Servers on free ports of loopback.
 */

/**
 * Opens a server.
 *
 * @param {import('node:net').Server} server of any protocol
 * @param {string} [host]
 * @returns {Promise<{ port: number, sockets: Set<import('node:net').Socket>, close(): Promise<void> }>}
 *   `sockets` are those that are open; `close` ends them, too
 */
export async function listen(server, host = '127.0.0.1') {
  const sockets = new Set()
  server.on('connection', (socket) => {
    sockets.add(socket)
    // Whoever hangs up is no failure of a server that says so itself where it matters.
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise((resolve) => server.listen(0, host, resolve))
  return {
    port: server.address().port,
    sockets,
    close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}

/**
 * Opens a server for one test.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('node:net').Server} server
 * @returns {Promise<{ port: number, url: string, sockets: Set<import('node:net').Socket> }>} `url`
 *   for one that speaks HTTP
 */
export async function listenFor(t, server) {
  const { port, sockets, close } = await listen(server)
  t.after(close)
  return { port, sockets, url: `http://127.0.0.1:${port}` }
}
