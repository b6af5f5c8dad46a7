/**
 * Node's `http` on one side, the web's `Request` and `Response` on the other.
 */
import { createServer } from 'node:http'

/** bytes. The longest body this application expects is a form with an e-mail address. */
const BODY_LIMIT = 16 * 1024

const METHODS = ['GET', 'HEAD', 'POST']

/**
 * Serves `handle` on localhost.
 *
 * @param {(request: Request) => Promise<Response>} handle
 * @param {object} [options]
 * @param {number} [options.port] 0 takes a free one
 * @returns {Promise<{ origin: string, port: number, close: () => Promise<void> }>}
 */
export async function serve(handle, { port = 0 } = {}) {
  const server = createServer(async (incoming, outgoing) => {
    try {
      await send(outgoing, await answer(incoming))
    } catch (error) {
      console.error(error)
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' })
      outgoing.end('Something went wrong on our side.')
    }
  })

  async function answer(incoming) {
    if (!METHODS.includes(incoming.method)) {
      return new Response('Method not allowed', { status: 405, headers: { allow: METHODS.join() } })
    }
    const target = targetOf(incoming.url, origin)
    if (!target) return new Response('Bad request', { status: 400 })
    // Auth.js builds its addresses from the request's. A Host header chosen by somebody else must not
    // get into them, and cookies set for 127.0.0.1 are not sent to localhost: one origin for all.
    if (incoming.headers.host !== target.host) return Response.redirect(target, 307)
    const body = await read(incoming)
    if (!body) return new Response('Too large', { status: 413, headers: { connection: 'close' } })
    return handle(toRequest(incoming, target, body))
  }

  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
  const origin = `http://localhost:${server.address().port}`

  return {
    origin,
    port: server.address().port,
    close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      return closed
    },
  }
}

/** The URL asked for, or undefined when it is not a path on `origin` (`OPTIONS *`, `//elsewhere`). */
function targetOf(path, origin) {
  if (!path.startsWith('/') || !URL.canParse(origin + path)) return undefined
  return new URL(origin + path)
}

async function read(incoming) {
  const chunks = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size > BODY_LIMIT) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function toRequest(incoming, url, body) {
  const headers = new Headers()
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1])
  }
  const { method } = incoming
  const bodiless = method === 'GET' || method === 'HEAD'
  return new Request(url, { method, headers, body: bodiless ? undefined : body })
}

async function send(outgoing, response) {
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) {
    // Several cookies are several headers; joined with commas no browser reads them.
    if (name !== 'set-cookie') outgoing.setHeader(name, value)
  }
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  outgoing.end(Buffer.from(await response.arrayBuffer()))
}
