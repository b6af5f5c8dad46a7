/**
 * Clients as applications make them, of every library and version in installed/package.json.
 *
 * @typedef {object} Place what a client connects to; it can be handed to another process
 * @property {string} [url] of one server, or of a REST front, which has a `token`
 * @property {string} [token]
 * @property {string[]} [nodes] URLs of a cluster
 * @property {string[]} [sentinels] URLs
 * @property {string} [service]
 *
 * @typedef {object} Connected
 * @property {any} client
 * @property {() => Promise<unknown>} end
 */
import { createRequire } from 'node:module'

const require = createRequire(new URL('installed/package.json', import.meta.url))

const RETRY = { retryStrategy: () => 50 }

const hostAndPort = (url) => {
  const { hostname, port, username, password } = new URL(url)
  return { host: hostname, port: Number(port), username, password: decodeURIComponent(password) }
}

/** @param {Place & { username?: string, password?: string, options?: object }} place */
function ioredis({ url, nodes, sentinels, service, username, password, options }) {
  const { Redis, Cluster } = require('ioredis')
  const login = { ...(username && { username }), ...(password && { password }) }
  let client
  if (nodes) {
    client = new Cluster(nodes.map(hostAndPort), {
      clusterRetryStrategy: () => 50,
      redisOptions: login,
      ...options,
    })
  } else if (sentinels) {
    const hosts = sentinels.map(hostAndPort)
    client = new Redis({ sentinels: hosts, name: service, ...login, ...RETRY, ...options })
  } else {
    client = new Redis(url, { ...login, ...RETRY, ...options })
  }
  client.on('error', () => {})
  return { client, end: async () => client.disconnect() }
}

/** @param {string} name of the folder it is installed in */
const nodeRedis =
  (name) =>
  ({ url, nodes, sentinels, service, username, password, pool, options }) => {
    const library = require(name)
    const login = { ...(username && { username }), ...(password && { password }) }
    let client
    if (nodes) {
      client = library.createCluster({
        rootNodes: nodes.map((node) => ({ url: node })),
        defaults: login,
        ...options,
      })
    } else if (sentinels) {
      client = library.createSentinel({
        name: service,
        sentinelRootNodes: sentinels.map(hostAndPort),
        nodeClientOptions: login,
        ...options,
      })
    } else if (pool) {
      client = library.createClientPool({ url, ...login, ...options })
    } else {
      client = library.createClient({ url, ...login, ...options })
    }
    client.on('error', () => {})
    // Not waited for, as in a configuration module.
    client.connect().catch(() => {})
    return {
      client,
      async end() {
        if (client.isOpen) await (client.destroy ?? client.disconnect).call(client)
      },
    }
  }

function upstash({ url, token, options }) {
  const { Redis } = require('@upstash/redis')
  return { client: new Redis({ url, token, retry: false, ...options }), async end() {} }
}

function vercelKv({ url, token, options }) {
  const { createClient } = require('@vercel/kv')
  return { client: createClient({ url, token, ...options }), async end() {} }
}

const keyv =
  (name) =>
  ({ options } = {}) => {
    const library = require(name)
    const Keyv = library.Keyv ?? library.default ?? library
    return { client: new Keyv(options), async end() {} }
  }

async function unstorage({ options } = {}) {
  const { createStorage } = await import(require.resolve('unstorage'))
  const client = createStorage(options)
  return { client, end: () => client.dispose() }
}

const LIBRARIES = {
  ioredis,
  'redis-4': nodeRedis('redis-4'),
  'redis-5': nodeRedis('redis-5'),
  redis: nodeRedis('redis'),
  '@upstash/redis': upstash,
  '@vercel/kv': vercelKv,
  'keyv-4': keyv('keyv-4'),
  'keyv-5': keyv('keyv-5'),
  keyv: keyv('keyv'),
  unstorage,
}

/** Those that speak Redis's own protocol. */
export const NATIVE = ['ioredis', 'redis-4', 'redis-5', 'redis']

/** Those that speak it over REST. */
export const REST = ['@upstash/redis', '@vercel/kv']

/** Those that stand for whatever is behind them. */
export const ABSTRACT = ['keyv-4', 'keyv-5', 'keyv', 'unstorage']

/** Those that connect to sentinels. */
export const WITH_SENTINELS = ['ioredis', 'redis-5', 'redis']

/** Those that have a pool. */
export const WITH_POOLS = ['redis-5', 'redis']

/**
 * @param {string} library
 * @param {Place & { username?: string, password?: string, pool?: boolean, options?: object }} [place]
 * @returns {Promise<Connected>}
 */
export async function clientOf(library, place) {
  return LIBRARIES[library](place)
}

/** The same for one test. @param {import('node:test').TestContext} t */
export async function clientFor(t, library, place) {
  const { client, end } = await clientOf(library, place)
  t.after(end)
  return client
}

/** A library and the version that is installed: `redis 4.7.1`. */
export function title(library) {
  const [name] = library.split(/-\d+$/)
  const { dependencies } = require('./package.json')
  return `${name} ${dependencies[library].split('@').at(-1)}`
}
