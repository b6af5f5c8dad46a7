/**
 * The REST protocol of Upstash Redis, which Vercel KV speaks too, in front of a real Redis.
 * After https://upstash.com/docs/redis/features/restapi and the `@upstash/redis` client.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from '../listening.mjs'
import { open } from './connection.mjs'
import { answerJson, errorJson } from './rest-json.mjs'
import { RestError, readRequest } from './rest-request.mjs'

/**
 * @typedef {object} Failure
 * @property {number} [times] of how many requests, 1 when left out
 * @property {number} [status] 500 when left out
 * @property {string} [error] of the body `{"error": …}`
 * @property {string} [body] instead of that, for bodies that are no JSON
 * @property {Record<string, string>} [headers]
 * @property {boolean} [executed] the commands run all the same
 * @property {boolean} [drop] the connection is closed, and nothing answered
 * @property {number} [delay] before anything else happens, in milliseconds; with `status: 200` and
 *   nothing else the answer is only late
 *
 * @typedef {object} RestFront
 * @property {string} url
 * @property {string} token
 * @property {number} requests how many arrived, with whatever token
 * @property {{ endpoint: 'command' | 'pipeline' | 'multi-exec', commands: string[][] }[]} log those
 *   that were understood
 * @property {(failure?: Failure) => void} failNext
 * @property {() => Promise<void>} stop leaves the Redis running
 */

/**
 * @param {import('./connection.mjs').Address} redis
 * @param {{ token?: string, tls?: import('../certificates.mjs').Certificates }} [options]
 * @returns {Promise<RestFront>}
 */
export async function startRestFront(redis, { token = randomBytes(24).toString('hex'), tls } = {}) {
  const failures = []
  const log = []
  let requests = 0
  let connection

  async function execute({ endpoint, commands }) {
    const transaction = endpoint === 'multi-exec'
    const batch = transaction ? [['MULTI'], ...commands, ['EXEC']] : commands
    if (!connection?.isOpen) connection = open(redis)
    // In one write, so that nothing of another request gets between MULTI and EXEC.
    const replies = await connection.send(batch)
    if (endpoint === 'pipeline') return replies
    const last = replies.at(-1)
    if (last.type === '-') throw new RestError(400, last.value)
    return transaction ? last.value : last
  }

  async function handle(request, response) {
    requests += 1
    const failure = failures.shift()
    if (failure?.delay) await sleep(failure.delay)
    if (failure?.drop && !failure.executed) return response.destroy()
    if (failure && !failure.executed && failure.status !== 200) return fail(response, failure)

    const command = await readRequest(request, token)
    log.push({
      endpoint: command.endpoint,
      commands: command.commands.map((args) => args.map(String)),
    })
    const result = await execute(command)
    if (failure?.drop) return response.destroy()
    if (failure && failure.status !== 200) return fail(response, failure)
    reply(response, 200, answerJson(result, command))
  }

  const listener = (request, response) =>
    handle(request, response).catch((error) => {
      const status = error instanceof RestError ? error.status : 500
      reply(response, status, errorJson(error.message))
    })
  const server = tls ? createTlsServer(tls.server.tls, listener) : createServer(listener)
  const { port, close } = await listen(server)

  const origin = tls ? 'https://localhost' : 'http://127.0.0.1'
  return {
    url: `${origin}:${port}`,
    token,
    get requests() {
      return requests
    },
    log,
    failNext({ times = 1, ...failure } = {}) {
      for (let time = 0; time < times; time += 1) failures.push(failure)
    },
    async stop() {
      connection?.close()
      await close()
    },
  }
}

function fail(response, { status = 500, error = 'ERR internal error', body, headers }) {
  reply(response, status, body ?? errorJson(error), headers)
}

function reply(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}
