/**
 * This adapter over each of its stores.
 */
import { statSync } from 'node:fs'
import { startPgBouncer } from '../testing/postgres/pgbouncer.mjs'
import { startPostgres } from '../testing/postgres/postgres.mjs'
import { ask, startRedis } from '../testing/redis/servers.mjs'
import { newDatabase, query } from '../testing/sqlite/database.mjs'
import { compare } from './compare.mjs'
import { SECRET } from './population.mjs'
import { startSide } from './processes.mjs'

const OPERATIONS = ['code', 'createSession', 'getSessionAndUser']

/** How many sessions are stored to see what one of them takes. */
const STORED = 5_000

/** Writes wait for the disk, as they do where it matters. The tests have it off. */
const DURABLE = { fsync: 'on' }

/** What a store is kept in, its servers' processes, and how many bytes it takes. */
const DEPLOYMENTS = {
  async RedisStore() {
    const redis = await startRedis()
    const bytes = async () =>
      Number(/^used_memory_dataset:(\d+)/m.exec(await ask(redis, 'INFO', 'memory'))[1])
    const { url, pid } = redis
    return { options: { url }, servers: [pid], bytes, stop: () => redis.stop() }
  },
  async 'RedisStore, appendfsync always'() {
    const redis = await startRedis({ appendOnly: true, args: ['--appendfsync', 'always'] })
    return { options: { url: redis.url }, servers: [redis.pid], stop: () => redis.stop() }
  },
  async SqliteStore() {
    const path = newDatabase()
    const bytes = async () => {
      await query(path, 'PRAGMA wal_checkpoint(TRUNCATE)')
      return statSync(path).size
    }
    return { options: { path }, bytes, async stop() {} }
  },
  async PostgresStore() {
    const postgres = await startPostgres({ settings: DURABLE })
    const size = "SELECT pg_total_relation_size('chatbotkit_nextauth')"
    const bytes = async () => Number(await postgres.sql(size))
    const { url, pid } = postgres
    return { options: { url }, servers: [pid], bytes, stop: () => postgres.stop() }
  },
  async 'PostgresStore, through PgBouncer'() {
    const postgres = await startPostgres({ settings: DURABLE })
    const pooler = await startPgBouncer(postgres)
    const stop = async () => {
      await pooler.stop()
      await postgres.stop()
    }
    return { options: { url: pooler.url }, servers: [postgres.pid, pooler.pid], stop }
  },
}

/**
 * @param {string} apiUrl
 * @param {object} options of `compare`
 * @returns {Promise<{ cases: object[], bytes: Record<string, number> }>} `bytes`: of a session with its
 *   index, by store
 */
export async function againstStores(apiUrl, options) {
  const [sides, bytes, deployments] = [{}, {}, []]
  for (const [name, start] of Object.entries(DEPLOYMENTS)) {
    const deployment = await start()
    const [kind] = name.split(',')
    const store = [kind, deployment.options]
    const side = await startSide('native', { apiUrl, store, secret: SECRET })
    if (deployment.bytes) bytes[name] = await bytesOfSession(side, deployment)
    sides[name] = { ...side, run: (run) => side.run({ ...run, servers: deployment.servers }) }
    deployments.push(deployment)
  }
  const cases = await compare(sides, { ...options, operations: OPERATIONS })
  for (const side of Object.values(sides)) await side.stop()
  for (const deployment of deployments) await deployment.stop()
  return { cases, bytes }
}

async function bytesOfSession(side, { bytes }) {
  await side.fill('createSession', 1_000)
  const before = await bytes()
  await side.fill('createSession', STORED)
  return ((await bytes()) - before) / STORED
}
