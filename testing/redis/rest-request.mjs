/**
 * What a request to the REST API asks for.
 */
import { timingSafeEqual } from 'node:crypto'
import { buffer } from 'node:stream/consumers'

const METHODS = ['HEAD', 'GET', 'POST', 'PUT']

/**
 * Commands that make no sense over HTTP, which has no connection to keep them on, or which Upstash
 * does not have: https://upstash.com/docs/redis/overall/rediscompatibility
 */
const UNAVAILABLE = new Set(
  [
    ...['AUTH', 'CLIENT', 'CLUSTER', 'CONFIG', 'HELLO', 'QUIT', 'RESET', 'SELECT', 'WAIT'],
    ...['MULTI', 'EXEC', 'DISCARD', 'WATCH', 'UNWATCH'],
    ...['BLPOP', 'BRPOP', 'BRPOPLPUSH', 'BLMOVE', 'BLMPOP', 'BZPOPMIN', 'BZPOPMAX', 'BZMPOP'],
    ...['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'MONITOR'],
  ].map((name) => name.toLowerCase()),
)

/** An answer that is not a result; the status is what Upstash's documentation gives. */
export class RestError extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {string} token
 * @returns {Promise<{ endpoint: 'command' | 'pipeline' | 'multi-exec', base64: boolean,
 *   commands: (string | Buffer)[][] }>} one command, but for a pipeline and a transaction
 * @throws {RestError} 400, 401 or 405
 */
export async function readRequest(request, token) {
  const url = new URL(request.url, 'http://front')
  const body = await buffer(request)
  if (!METHODS.includes(request.method)) throw new RestError(405, 'ERR method not allowed')
  if (!isAuthorized(request, url, token)) throw new RestError(401, 'Unauthorized')
  const base64 = request.headers['upstash-encoding'] === 'base64'
  if ((request.headers['upstash-response-format'] ?? 'json') !== 'json') {
    throw new RestError(400, 'ERR only the response format json is supported here')
  }
  const endpoint = endpointOf(url)
  const commands = commandsOf(endpoint, url, body)
  for (const [name] of commands) refuseUnavailable(String(name))
  return { endpoint: endpoint === 'path' ? 'command' : endpoint, base64, commands }
}

function isAuthorized({ headers }, url, token) {
  const given = /^Bearer (.*)$/i.exec(headers.authorization ?? '')?.[1]
  const [shown, expected] = [given ?? url.searchParams.get('_token') ?? '', token].map(Buffer.from)
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}

function endpointOf({ pathname }) {
  const names = { '/': 'command', '/pipeline': 'pipeline', '/multi-exec': 'multi-exec' }
  return names[pathname] ?? 'path'
}

function commandsOf(endpoint, url, body) {
  if (endpoint === 'path') return [pathCommand(url, body)]
  const parsed = parse(body)
  if (endpoint === 'command') return [bodyCommand(parsed)]
  if (!Array.isArray(parsed) || parsed.length === 0) {
    throw new RestError(400, `ERR failed to parse ${endpoint} request`)
  }
  return parsed.map(bodyCommand)
}

/** `POST /set/key?EX=100` with the body `value` is `SET key value EX 100`. */
function pathCommand(url, body) {
  const args = url.pathname.slice(1).split('/').map(decodeURIComponent)
  if (body.length > 0) args.push(body)
  for (const [name, value] of url.searchParams) {
    if (name === '_token') continue
    args.push(name, ...(value === '' ? [] : [value]))
  }
  return args
}

function bodyCommand(args) {
  const scalar = (arg) => ['string', 'number', 'boolean'].includes(typeof arg)
  if (!Array.isArray(args) || args.length === 0 || !args.every(scalar)) {
    throw new RestError(400, 'ERR failed to parse command')
  }
  return args.map(String)
}

function parse(body) {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new RestError(400, 'ERR failed to parse command')
  }
}

function refuseUnavailable(name) {
  if (!UNAVAILABLE.has(name.toLowerCase())) return
  const page = 'https://upstash.com/docs/redis/overall/rediscompatibility'
  const message = `ERR Command is not available: '${name.toUpperCase()}'. See ${page} for details`
  throw new RestError(400, message)
}
