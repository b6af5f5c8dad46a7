/**
 * A real Redis on loopback.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, onFreePort } from '../ports.mjs'
import { startProcess, temporaryFolder } from '../processes.mjs'
import { redisCli } from './redis-cli.mjs'

const READY = /ready to accept connections/i

/**
 * @typedef {object} RedisOptions
 * @property {import('../certificates.mjs').Certificates} [tls] speak TLS, and nothing else
 * @property {boolean} [clientCertificate] with `tls`: refuse clients that show none of the CA's
 * @property {string} [password]
 * @property {boolean} [unixSocket] listen on a Unix socket, and nowhere else
 * @property {number} [port] a free one when left out
 * @property {boolean} [appendOnly] keep data over `kill` and `restart`; nothing is kept otherwise
 * @property {boolean} [cluster] as a node of a cluster
 * @property {string[]} [args] more of redis-server's own, as in `['--maxmemory', '10mb']`
 *
 * @typedef {object} Redis
 * @property {string} url with the password; `redis+unix://` for a Unix socket
 * @property {number} port 0 for a Unix socket
 * @property {string} [socket] path of the Unix socket
 * @property {import('../certificates.mjs').Certificates} [tls]
 * @property {number} pid
 * @property {boolean} running
 * @property {(...args: (string | number)[]) => Promise<string>} cli what redis-cli prints; throws for
 *   an error reply
 * @property {(section?: string) => Promise<Record<string, string>>} info
 * @property {() => Promise<number>} clients how many are connected, the one that asks included
 * @property {() => Promise<void>} kill SIGKILL; the port and the folder stay reserved for `restart`
 * @property {() => Promise<void>} restart on the same port and in the same folder, killed first if
 *   it runs
 * @property {() => Promise<void>} stop for good, and removes its folder
 */

/**
 * @param {RedisOptions} [options]
 * @returns {Promise<Redis>} once it accepts connections
 */
export async function startRedis(options = {}) {
  const folder = temporaryFolder('redis')
  const startOn = async (port) => {
    const busPort = options.cluster ? await freePort() : undefined
    const place = { folder, port, busPort }
    return describe(place, options, await launch(place, options))
  }
  if (options.unixSocket) return startOn(0)
  return options.port ? startOn(options.port) : onFreePort(startOn)
}

/** The same for one test. @param {import('node:test').TestContext} t */
export async function redisFor(t, options) {
  const redis = await startRedis(options)
  t.after(() => redis.stop())
  return redis
}

function describe(place, options, started) {
  let server = started
  const { folder, port } = place
  const { tls, password } = options
  const socket = options.unixSocket ? join(folder, 'redis.sock') : undefined
  const credentials = password ? `:${encodeURIComponent(password)}@` : ''
  const origin = tls ? `rediss://${credentials}localhost` : `redis://${credentials}127.0.0.1`
  const cli = (...args) => redisCli({ port, socket, tls }, password, args)

  return {
    url: socket ? `redis+unix://${credentials}${encodeURI(socket)}` : `${origin}:${port}`,
    port,
    busPort: place.busPort,
    socket,
    tls,
    get pid() {
      return server.pid
    },
    get running() {
      return server.running
    },
    cli,
    clients: async () => (await cli('CLIENT', 'LIST')).trim().split('\n').length,
    info: async (section = 'default') => readInfo(await cli('INFO', section)),
    kill: () => server.kill(),
    async restart() {
      await server.kill()
      server = await launch(place, options)
    },
    async stop() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function launch({ folder, port, busPort }, options) {
  const settings = [
    ...['--dir', folder, '--save', '', '--bind', '127.0.0.1', '--protected-mode', 'no'],
    ...['--appendonly', options.appendOnly ? 'yes' : 'no'],
    // Replicas wait 5 s for others to join their first copy otherwise.
    ...['--repl-diskless-sync-delay', '0'],
    ...(options.tls ? tlsSettings(port, options) : ['--port', String(port)]),
    ...(options.unixSocket ? ['--unixsocket', join(folder, 'redis.sock')] : []),
    ...(options.password
      ? ['--requirepass', options.password, '--masterauth', options.password]
      : []),
    ...(busPort ? ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)] : []),
    ...(options.args ?? []),
  ]
  return startProcess('redis-server', settings, READY)
}

/** @returns {string[]} settings of a Redis, or of a sentinel, whose every connection is TLS */
export function tlsSettings(port, { tls, clientCertificate }) {
  return [
    ...['--port', '0', '--tls-port', String(port)],
    ...['--tls-cert-file', tls.server.certificate.path, '--tls-key-file', tls.server.key.path],
    ...['--tls-ca-cert-file', tls.ca.path],
    ...['--tls-auth-clients', clientCertificate ? 'yes' : 'no'],
    ...['--tls-replication', 'yes', '--tls-cluster', 'yes'],
  ]
}

function readInfo(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'))
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    }),
  )
}
