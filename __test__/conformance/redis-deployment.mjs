/**
 * Deployments whose data are in Redis, which the tests look at over a connection of their own.
 */
import { RedisStore, Store } from '../../index.js'
import { ask, connect } from '../../testing/redis/servers.mjs'

/**
 * @param {object} parts
 * @param {string} parts.name
 * @param {() => object} parts.createStore
 * @param {() => Promise<import('../../testing/redis/servers.mjs').Redis[]>} parts.primaries who has the data
 * @param {() => Promise<void>} parts.stop ends the servers
 * @param {string} [parts.keyPrefix] the stores' own, before the adapters'
 * @returns {import('./conformance.mjs').Deployment}
 */
export function redisDeployment({ name, createStore, primaries, stop, keyPrefix = '' }) {
  const stores = []
  return {
    name,
    createStore() {
      const store = createStore()
      stores.push(store)
      return store
    },
    async keys() {
      const dumps = await Promise.all((await primaries()).map(dump))
      return dumps.flat().map((entry) => {
        if (!entry.key.startsWith(keyPrefix)) throw new Error(`Not of the store: ${entry.key}`)
        return { ...entry, key: entry.key.slice(keyPrefix.length) }
      })
    },
    async persist(key) {
      const command = ['PERSIST', keyPrefix + key]
      // In a cluster all nodes but one answer that the key is elsewhere.
      const done = (await primaries()).map((server) => ask(server, ...command).catch(() => 0))
      if (!(await Promise.all(done)).includes(1)) throw new Error(`No lifetime to end: ${key}`)
    },
    async close() {
      // Clients are ended by whoever made them.
      const own = stores.filter((store) => store instanceof Store)
      await Promise.all(own.map((store) => store.close()))
      await stop()
    },
  }
}

/** The deployment of a Redis that needs no more than options. */
export function serverDeployment(name, redis, options) {
  return redisDeployment({
    name,
    createStore: () => new RedisStore(options),
    primaries: async () => [redis],
    stop: () => redis.stop(),
    keyPrefix: options.keyPrefix,
  })
}

async function dump(server) {
  const connection = await connect(server)
  try {
    const keys = await connection.command('KEYS', '*')
    const entries = keys.map(async (key) => {
      const [type, ttl] = await Promise.all([
        connection.command('TYPE', key),
        connection.command('PTTL', key),
      ])
      // One that ended meanwhile.
      if (type === 'none' || ttl === -2) return undefined
      const value =
        type === 'zset'
          ? (await connection.command('ZRANGE', key, 0, -1)).join(' ')
          : await connection.command('GET', key)
      return value === null ? undefined : { key, value, ttl: ttl === -1 ? null : ttl }
    })
    return (await Promise.all(entries)).filter(Boolean)
  } finally {
    connection.close()
  }
}
