import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { PostgresStore } from '../../index.js'
import { startPgBouncer } from '../../testing/postgres/pgbouncer.mjs'
import { postgresFor } from '../../testing/postgres/postgres.mjs'
import { surviveOutage } from './sign-ins.mjs'

/** Longer than a call may take, so that errors have to reach people, in milliseconds. */
const OUTAGE = 4_000

const survive = (t, url, outage) =>
  surviveOutage(t, (options) => new PostgresStore({ url, ...options }), outage)

async function startPooled(t) {
  const postgres = await postgresFor(t)
  const pooler = await startPgBouncer(postgres)
  t.after(() => pooler.stop())
  return { postgres, pooler }
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
