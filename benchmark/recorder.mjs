/**
 * What an operation sends, recorded between a side and its servers.
 */
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { connect, createServer } from 'node:net'
import { ReplyReader } from '../testing/redis/resp.mjs'

/** Headers that a client adds by itself. */
const OWN_HEADERS = ['host', 'connection', 'content-length', 'content-type', 'transfer-encoding']

/**
 * @param {{ apiPort: number, redisPort: number }} servers
 * @returns {Promise<{ apiUrl: string, redisUrl: string, take(): object[], stop(): Promise<void> }>}
 *   `take` gives the steps since it was called last: `{ command: string[], trip: number }`, with
 *   the same trip for what was written in one go, or   `{ method, path, headers, body }`
 */
export async function startRecorder({ apiPort, redisPort }) {
  let steps = []
  let trip = 0
  const sockets = new Set()
  const api = createHttpServer((incoming, outgoing) => {
    const chunks = []
    incoming.on('data', (chunk) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      steps.push(requestStep(incoming, body))
      forward(apiPort, incoming, body, outgoing)
    })
  })
  const redis = createServer((client) => {
    const reader = new ReplyReader()
    const server = connect(redisPort, '127.0.0.1')
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (chunk) => {
      trip += 1
      for (const { value } of reader.read(chunk)) {
        steps.push({ command: value.map((word) => String(word.value)), trip })
      }
      server.write(chunk)
    })
    server.pipe(client)
    client.on('close', () => server.destroy())
  })
  for (const server of [api, redis]) {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  }

  return {
    apiUrl: `http://127.0.0.1:${api.address().port}`,
    redisUrl: `redis://127.0.0.1:${redis.address().port}`,
    take() {
      const taken = steps
      steps = []
      return taken
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      api.closeAllConnections()
      await Promise.all([api, redis].map((it) => new Promise((resolve) => it.close(resolve))))
    },
  }
}

function requestStep({ method, url, headers }, body) {
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name))
  return { method, path: url, headers: kept, body: method === 'POST' ? body.toString() : null }
}

function forward(port, { method, url, headers }, body, outgoing) {
  const request = httpRequest({ port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers)
    answer.pipe(outgoing)
  })
  request.end(body)
}

/** How often the operation of some steps waits for the API and for Redis. */
export function roundTrips(steps) {
  return {
    api: steps.filter(({ path }) => path).length,
    redis: new Set(steps.filter(({ command }) => command).map(({ trip }) => trip)).size,
  }
}
