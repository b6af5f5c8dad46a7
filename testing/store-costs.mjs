/**
 * What the adapter costs in each kind of store: commands on the way to real servers, and bytes in them.
 * docs/stores.md has the figures, `npm run store-costs` prints them.
 */
import { statSync } from 'node:fs'
import { KVStore, PostgresStore, RedisStore, SqliteStore } from '../index.js'
import { anotherAdapter } from './adapter.mjs'
import { startCountingProxy as startPostgresProxy } from './postgres/counting-proxy.mjs'
import { startPostgres } from './postgres/postgres.mjs'
import { issueCode, newAccount, newSession, redeem } from './records.mjs'
import { setupCommands } from './redis/command-counts.mjs'
import { ask, startCountingProxy, startRedis, startRestFront } from './redis/servers.mjs'
import { newDatabase, query } from './sqlite/database.mjs'

/** How many records are stored to see what one of them takes. */
const STORED = 1_000

/** How many calls are under way at the same time. */
const AT_ONCE = 50

/** The users that `measureStores` wants the API to have. */
export const PEOPLE = Array.from({ length: STORED }, (_, n) => ({ email: `p${n}@example.com` }))

/**
 * @typedef {object} Deployment
 * @property {import('../index.js').StoreLike} store
 * @property {() => number} [count] commands, statements or requests since `reset`
 * @property {() => void} [reset]
 * @property {() => Promise<number>} [bytes] that everything in it takes
 * @property {() => Promise<void>} stop
 */

/** @type {Record<string, () => Promise<Deployment>>} */
const DEPLOYMENTS = {
  async SqliteStore() {
    const path = newDatabase()
    const store = new SqliteStore({ path })
    const bytes = async () => {
      await query(path, 'PRAGMA wal_checkpoint(TRUNCATE)')
      return statSync(path).size
    }
    return { store, bytes, stop: () => store.close() }
  },
  async RedisStore() {
    const redis = await startRedis()
    const proxy = await startCountingProxy(redis)
    const store = new RedisStore({ url: proxy.url })
    const stop = async () => {
      await store.close()
      await proxy.stop()
      await redis.stop()
    }
    return { store, ...counted(proxy), bytes: () => bytesOf(redis), stop }
  },
  async PostgresStore() {
    const postgres = await startPostgres()
    const proxy = await startPostgresProxy(postgres)
    const store = new PostgresStore({ url: proxy.url })
    const size = "SELECT pg_total_relation_size('chatbotkit_nextauth')"
    const stop = async () => {
      await store.close()
      await proxy.stop()
      await postgres.stop()
    }
    const bytes = async () => Number(await postgres.sql(size))
    return { store, count: () => proxy.statements().length, reset: proxy.reset, bytes, stop }
  },
  async KVStore() {
    const redis = await startRedis()
    const front = await startRestFront(redis)
    const store = new KVStore({ url: front.url, token: front.token })
    let before = 0
    const reset = () => {
      before = front.requests
    }
    const stop = async () => {
      await store.close()
      await front.stop()
      await redis.stop()
    }
    return { store, count: () => front.requests - before, reset, bytes: () => bytesOf(redis), stop }
  },
}

function counted(proxy) {
  const isOurs = (name) => !setupCommands.has(name)
  return { count: () => proxy.counts().trips.flat().filter(isOurs).length, reset: proxy.reset }
}

async function bytesOf(redis) {
  return Number(/^used_memory_dataset:(\d+)/m.exec(await ask(redis, 'INFO', 'memory'))[1])
}

/**
 * A deployment of a store by the application, with a client of the library.
 *
 * @param {(url: string) => { client: object, end: () => Promise<unknown> }} connect
 */
export const ofClient = (connect) => async () => {
  const redis = await startRedis()
  const proxy = await startCountingProxy(redis)
  const { client, end } = await connect(proxy.url)
  const stop = async () => {
    await end()
    await proxy.stop()
    await redis.stop()
  }
  return { store: client, ...counted(proxy), bytes: () => bytesOf(redis), stop }
}

/**
 * @typedef {object} Costs
 * @property {number[]} [commands] of an operation of the store at the most, of a session that is read with
 *   its user, of a sign-in by code
 * @property {number[]} bytes of a session, of a linked account, of the codes of an address
 *
 * @param {import('../sandbox/index.js').Sandbox} sandbox where `PEOPLE`, and nobody else, have sub-accounts
 * @param {Record<string, () => Promise<Deployment>>} [more]
 * @returns {Promise<Record<string, Costs>>} by the name of the store
 */
export async function measureStores(sandbox, more = {}) {
  const all = {}
  const users = sandbox.users.all()
  for (const [name, start] of Object.entries({ ...DEPLOYMENTS, ...more })) {
    const deployment = await start()
    all[name] = await costsOf(
      anotherAdapter(sandbox, { store: deployment.store }),
      users,
      deployment,
    )
    await deployment.stop()
  }
  return all
}

async function costsOf(adapter, users, { store, count, reset, bytes }) {
  const user = await adapter.getUserByEmail(PEOPLE[0].email)
  const { sessionToken } = await adapter.createSession(newSession(user.id))
  await adapter.getSessionAndUser(sessionToken)
  const commandsOf = async (call) => {
    reset()
    await call()
    return count()
  }
  const commands = count && [
    await operation(store, commandsOf),
    await commandsOf(() => adapter.getSessionAndUser(sessionToken)),
    await commandsOf(() => signIn(adapter, PEOPLE[1].email)),
  ]
  return { commands, bytes: await bytesOfEach(adapter, users, bytes) }
}

/** Of every operation that a store has under its own name. */
async function operation(store, commandsOf) {
  if (!store.compareAndSet) return undefined
  const calls = [
    () => store.set('costs', 1, { px: 60_000 }),
    () => store.get('costs'),
    () => store.compareAndSet('costs', 1, 2, { px: 60_000 }),
    () => store.del('costs'),
  ]
  const counts = []
  for (const call of calls) counts.push(await commandsOf(call))
  return Math.max(...counts)
}

/** The calls of next-auth 4.24, in its order, for somebody with a proven address. */
async function signIn(adapter, email) {
  await adapter.getUserByEmail(email)
  await redeem(adapter, await issueCode(adapter, email))
  await adapter.getUserByEmail(email)
  const { id } = await adapter.getUserByEmail(email)
  await adapter.updateUser({ id, emailVerified: new Date() })
  await adapter.createSession(newSession(id))
}

async function bytesOfEach(adapter, users, bytes) {
  const makes = [
    ({ id }) => adapter.createSession(newSession(id)),
    ({ id }) => adapter.linkAccount(newAccount(id)),
    ({ email }) => issueCode(adapter, email),
  ]
  const all = []
  for (const make of makes) {
    await make(users[0])
    const before = await bytes()
    for (let begin = 1; begin < STORED; begin += AT_ONCE) {
      await Promise.all(users.slice(begin, begin + AT_ONCE).map(make))
    }
    all.push(((await bytes()) - before) / (STORED - 1))
  }
  return all
}

/** Figures of bytes are rounded: an allocator has its own. */
const ROUNDED = 10

/** What docs/stores.md says of a store. @param {Costs} costs */
export function figuresOf({ commands, bytes }) {
  const rounded = bytes.map((it) => Math.round(it / ROUNDED) * ROUNDED)
  return {
    commands: commands?.map((it) => it ?? '–').join(' · ') ?? 'none',
    bytes: rounded.join(' · '),
  }
}
