/**
 * A proxy of TCP that loses an answer: the server has done what it was asked, and the connection ends
 * before the client hears of it.
 */
import { connect, createServer } from 'node:net'
import { listenFor } from './listening.mjs'

/**
 * @param {import('node:test').TestContext} t
 * @param {number} port of the server, on loopback
 * @param {string} command the answer to the next one with this in it is lost, once `lose` was called
 */
export async function startLosingProxy(t, port, command) {
  let meanwhile
  const server = createServer((client) => {
    const upstream = connect({ port, host: '127.0.0.1' })
    let isLosing = false
    client.on('data', (chunk) => {
      isLosing ||= meanwhile !== undefined && chunk.includes(command)
      upstream.write(chunk)
    })
    upstream.on('data', async (chunk) => {
      if (!isLosing) return client.write(chunk)
      const act = meanwhile
      meanwhile = undefined
      await act?.()
      client.destroy()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => client.destroy())
  })
  const proxy = await listenFor(t, server)
  return {
    port: proxy.port,
    /** Loses the next answer, and does this before the client learns that it is lost. */
    lose(act) {
      meanwhile = act
    },
    /** Whether the answer was lost. */
    hasLost: () => meanwhile === undefined,
  }
}
