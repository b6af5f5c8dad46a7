import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { PostgresStore } from '../../index.js'
import { failure } from '../../testing/outcomes.mjs'
import { startPgBouncer } from '../../testing/postgres/pgbouncer.mjs'
import { postgresFor } from '../../testing/postgres/postgres.mjs'
import { until } from '../../testing/waiting.mjs'
import { surviveOutage } from './sign-ins.mjs'

/** Longer than a call may take, so that errors have to reach people, in milliseconds. */
const OUTAGE = 4_000

/** How long nobody notices that a primary is gone, in milliseconds. */
const PROMOTION = 1_000

const survive = (t, url, outage) =>
  surviveOutage(t, (options) => new PostgresStore({ url, ...options }), outage)

async function startPooled(t) {
  const postgres = await postgresFor(t)
  const pooler = await startPgBouncer(postgres)
  t.after(() => pooler.stop())
  return { postgres, pooler }
}

/** A primary that waits for its replica before it answers, and an address of both, the replica first. */
async function startReplicated(t) {
  const primary = await postgresFor(t)
  const replica = await postgresFor(t, { standbyOf: primary })
  await primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
  await primary.sql('SELECT pg_reload_conf()')
  const streaming = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
  await until('the replica', async () => (await primary.sql(streaming)) === '1')
  const { port } = replica
  const url = primary.url.replace(/@localhost:(\d+)/, `@localhost:${port},localhost:$1`)
  return { primary, replica, url }
}

/** What is killed and started again while nobody waits for it to end. */
async function killAndRestart(server) {
  await server.kill()
  await wait(OUTAGE)
  await server.restart()
}

test('PostgreSQL is killed and restarted in the middle of a thousand sign-ins', async (t) => {
  const postgres = await postgresFor(t)
  const books = await survive(t, postgres.url, () => killAndRestart(postgres))
  assert.deepEqual(books.refused, [], 'PostgreSQL had every code')
})

test('PgBouncer is killed and restarted in the middle of a thousand sign-ins', async (t) => {
  const { pooler } = await startPooled(t)
  const books = await survive(t, pooler.url, () => killAndRestart(pooler))
  assert.deepEqual(books.refused, [], 'PostgreSQL had every code')
})

test('PostgreSQL behind PgBouncer is killed and restarted in the middle of a thousand sign-ins', async (t) => {
  const { postgres, pooler } = await startPooled(t)
  const books = await survive(t, pooler.url, () => killAndRestart(postgres))
  assert.deepEqual(books.refused, [], 'PostgreSQL had every code')
})

test('the primary of PostgreSQL dies and a replica is promoted in the middle of a thousand sign-ins', async (t) => {
  const { primary, replica, url } = await startReplicated(t)
  const books = await survive(t, url, async () => {
    await primary.kill()
    await wait(PROMOTION)
    await replica.promote()
  })
  assert.deepEqual(books.refused, [], 'the replica had every code')
})

test('a replica of PostgreSQL is read, refuses writes with a typed error, and is passed over', async (t) => {
  const { primary, replica, url } = await startReplicated(t)
  const [there, here, either] = [primary.url, replica.url, url].map((url) => {
    const store = new PostgresStore({ url, timeout: 1_000 })
    t.after(() => store.close())
    return store
  })
  await there.set('key', 1)
  await until('the replica', async () => (await here.get('key')) === 1)
  await assert.rejects(
    here.set('key', 2),
    failure('ERR_STORE', { retryable: true, message: /25006/ }),
  )
  await either.set('key', 3)
  assert.equal(await there.get('key'), 3)
})
