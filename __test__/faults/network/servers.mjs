/**
 * What stands between an adapter and the API: a TLS front, a proxy. All of them end with the test.
 */
import { once } from 'node:events'
import { createServer as createHttpServer, request as sendRequest } from 'node:http'
import { createSecureServer } from 'node:http2'
import { connect, createServer } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createServer as createTlsServer } from 'node:tls'
import { listenFor } from '../../../testing/listening.mjs'

/** Passes bytes on, both ways. */
function join(socket, other) {
  for (const [from, to] of [
    [socket, other],
    [other, socket],
  ]) {
    from.on('error', () => to.destroy())
    from.pipe(to)
  }
}

/** A TCP server, with how many connections it got. */
export async function startTcp(t, onSocket) {
  const seen = { connections: 0, bytes: 0 }
  const server = createServer((socket) => {
    seen.connections += 1
    socket.on('data', (chunk) => {
      seen.bytes += chunk.length
    })
    onSocket(socket)
  })
  return Object.assign(seen, { port: (await listenFor(t, server)).port })
}

/**
 * TLS in front of `sandbox`.
 *
 * @returns `connections` that were begun, and `requests`: bytes that came out of TLS
 */
export async function startTlsFront(t, sandbox, { key, cert, ...options }) {
  const seen = { connections: 0, requests: 0 }
  const server = createTlsServer({ key, cert, ...options }, (socket) => {
    socket.on('data', (chunk) => {
      seen.requests += chunk.length
    })
    join(socket, connect(new URL(sandbox.url).port, '127.0.0.1'))
  })
  server.on('connection', () => {
    seen.connections += 1
  })
  server.on('tlsClientError', () => {})
  return Object.assign(seen, { port: (await listenFor(t, server)).port })
}

/** Sends a request on to `port`. @returns {Promise<{ status, headers, body }>} its answer */
async function askOnward(request, port) {
  const { method, url: path } = request
  const isPseudo = ([name]) => name.startsWith(':')
  const headers = Object.fromEntries(Object.entries(request.headers).filter((it) => !isPseudo(it)))
  const onward = sendRequest({ host: '127.0.0.1', port, method, path, headers })
  request.pipe(onward)
  const [answer] = await once(onward, 'response')
  const { statusCode: status } = answer
  return { status, headers: answer.headers, body: await buffer(answer) }
}

/** Has a request answered by the target. */
export async function passOn(ask, reply) {
  reply(await ask())
}

/**
 * HTTP/2 in front of `target`, and HTTP/1.1 for whoever wants no other.
 *
 * @param {object} options of the server, and these
 * @param {number} options.target a port on loopback that speaks HTTP/1.1
 * @param {(ask: () => Promise<object>, reply: (answer: object) => void, stream:
 *   import('node:http2').ServerHttp2Stream) => unknown} [options.meet] what becomes of a request;
 *   `ask` sends it on
 * @returns `connections` that were begun, `sessions` of HTTP/2, and `versions` of the requests
 */
export async function startHttp2Front(t, { target, meet = passOn, ...options }) {
  const seen = { connections: 0, sessions: [], versions: [] }
  const server = createSecureServer({ allowHTTP1: true, ...options }, (request, response) => {
    seen.versions.push(request.httpVersion)
    request.on('error', () => {})
    response.on('error', () => {})
    const reply = ({ status, headers, body }) => {
      response.writeHead(status, { 'content-type': headers['content-type'] }).end(body)
    }
    const met = async () => meet(() => askOnward(request, target), reply, response.stream)
    met().catch(() => response.destroy())
  })
  server.on('connection', () => {
    seen.connections += 1
  })
  server.on('session', (session) => {
    seen.sessions.push(session)
    session.on('error', () => {})
  })
  return Object.assign(seen, { port: (await listenFor(t, server)).port })
}

/**
 * A forward proxy. All that it is asked to reach is `target`, whatever its name.
 *
 * @param {object} options
 * @param {number} options.target a port on loopback
 * @param {(socket: import('node:net').Socket) => void} [options.refuse] instead of connecting
 * @returns `seen`: what it was asked for, and with which headers
 */
export async function startProxy(t, { target, refuse }) {
  const seen = []
  const server = createHttpServer((request, response) => {
    seen.push({ method: request.method, url: request.url, headers: request.headers })
    const { pathname, search } = new URL(request.url)
    const { method, headers } = request
    const onward = { host: '127.0.0.1', port: target, path: pathname + search, method, headers }
    const sent = sendRequest(onward, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    sent.on('error', () => response.destroy())
    request.pipe(sent)
  })
  server.on('connect', ({ url, headers }, socket) => {
    seen.push({ method: 'CONNECT', url, headers })
    if (refuse) return refuse(socket)
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      join(socket, onward)
    })
    onward.on('error', () => socket.destroy())
  })
  return { port: (await listenFor(t, server)).port, seen }
}
