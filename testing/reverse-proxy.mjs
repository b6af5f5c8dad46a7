/** What stands in front of an application: people know its address, and the application has another. */
import { createServer, request } from 'node:http'
import { pipeline } from 'node:stream'
import { listen } from './listening.mjs'

/**
 * @param {string} target the origin of the application
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function startReverseProxy(target) {
  const server = createServer((incoming, response) => {
    const { method, url, headers } = incoming
    const outgoing = request(new URL(url, target), {
      method,
      headers: {
        ...headers,
        // As nginx does with `proxy_pass`, and with what is recommended beside it.
        host: new URL(target).host,
        'x-forwarded-host': headers.host,
        'x-forwarded-proto': 'http',
      },
    })
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders)
      pipeline(answer, response, () => {})
    })
    outgoing.on('error', () => response.destroy())
    pipeline(incoming, outgoing, () => {})
  })
  const { port, close } = await listen(server)
  return { origin: `http://localhost:${port}`, close }
}
