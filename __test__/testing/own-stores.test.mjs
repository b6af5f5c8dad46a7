import { after, describe, test } from 'node:test'
import { testStore } from '@chatbotkit/nextauth/testing'
import { MemoryStore } from '../../index.js'
import { startPostgres } from '../../testing/postgres/postgres.mjs'
import { startRedis, startRestFront } from '../../testing/redis/servers.mjs'
import { newDatabase } from '../../testing/sqlite/database.mjs'
import { ABSTRACT, clientOf, title } from '../clients/libraries.mjs'
import { AtomicStore, Database, ThreeMethodStore } from '../conformance/javascript-deployment.mjs'

const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
const front = await startRestFront(redis)
after(async () => {
  await front.stop()
  await Promise.all([redis.stop(), postgres.stop()])
})
// The processes that the tests start have it, too.
process.env.TEST_REDIS_URL = redis.url
process.env.TEST_POSTGRES_URL = postgres.url
process.env.TEST_SQLITE_PATH = newDatabase()
process.env.TEST_REST_URL = front.url
process.env.TEST_REST_TOKEN = front.token

for (const [name, file] of Object.entries({
  RedisStore: 'redis.mjs',
  KVStore: 'kv.mjs',
  SqliteStore: 'sqlite.mjs',
  PostgresStore: 'postgres.mjs',
  ioredis: 'ioredis.cjs',
  'node-redis': 'node-redis.mjs',
  '@upstash/redis': 'upstash.mjs',
})) {
  describe(`the tests for stores, of ${name}`, { concurrency: 4 }, () => {
    testStore(test, { module: new URL(`stores/${file}`, import.meta.url) })
  })
}

const shared = `own-stores-${process.pid}`
describe('the tests for stores, of a MemoryStore', { concurrency: true }, () => {
  testStore(test, { createStore: () => MemoryStore.shared(shared) })
})

for (const StoreClass of [ThreeMethodStore, AtomicStore]) {
  describe(`the tests for stores, of a ${StoreClass.name}`, { concurrency: true }, () => {
    const database = new Database()
    testStore(test, { createStore: () => new StoreClass(database) })
  })
}

for (const library of ABSTRACT) {
  describe(`the tests for stores, of ${title(library)}`, { concurrency: true }, () => {
    const one = clientOf(library)
    testStore(test, { createStore: async () => (await one).client })
  })
}
