import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { createCertificates } from '../../testing/certificates.mjs'
import { listenFor } from '../../testing/listening.mjs'
import { outcomes } from '../../testing/outcomes.mjs'
import { startPgBouncer } from '../../testing/postgres/pgbouncer.mjs'
import { postgresFor, startPostgres } from '../../testing/postgres/postgres.mjs'
import { all } from '../../testing/records.mjs'
import { until } from '../../testing/waiting.mjs'
import { storeFor, timeout } from './postgres-calls.mjs'

/** What a connection begins with that asks for a cancellation: its length, and a number. */
const CANCEL = Buffer.from([0, 0, 0, 16, 4, 210, 22, 46])

const CROWD = 200
const ROUNDS = 5

const postgres = await startPostgres()
const pooler = await startPgBouncer(postgres)
after(async () => {
  await pooler.stop()
  await postgres.stop()
})

/** Keeps a table locked until what `meanwhile` gives has ended. */
async function whileLocked(postgres, table, meanwhile) {
  const lock = `BEGIN; LOCK TABLE ${table}; SELECT pg_sleep(60); COMMIT`
  const held = postgres.sql(lock).catch(() => {})
  const locker = `SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted
    AND relation = '${table}'::regclass`
  const pid = await until('the lock', () => postgres.sql(locker))
  const outcome = await meanwhile()
  await postgres.sql(`SELECT pg_terminate_backend(${pid})`)
  await held
  return outcome
}

/** A way to a server on which connections are counted that ask for a cancellation. */
async function startCounting(t, { url }) {
  let cancellations = 0
  const port = Number(new URL(url).port)
  const passage = await listenFor(
    t,
    createServer((client) => {
      const server = connect(port, '127.0.0.1')
      client.once('data', (bytes) => {
        if (bytes.subarray(0, CANCEL.length).equals(CANCEL)) cancellations += 1
      })
      client.pipe(server).pipe(client)
      for (const [one, other] of [
        [client, server],
        [server, client],
      ]) {
        one.on('error', () => {})
        one.on('close', () => other.destroy())
      }
    }),
  )
  return {
    url: `${url.replace(`:${port}/`, `:${passage.port}/`)}?sslmode=disable`,
    cancellations: () => cancellations,
  }
}

describe('statements that nobody waits for any more', () => {
  test('are canceled, by those alone whose statement it is', async (t) => {
    const counting = await startCounting(t, postgres)
    const store = storeFor(t, { url: counting.url, table: 'waited', timeout, connections: 1 })
    await store.set('key', 1)
    const ended = await whileLocked(postgres, 'waited', () =>
      outcomes(Array.from({ length: CROWD }, () => store.get('key'))),
    )
    assert.ok(
      ended.every((code) => /^ERR_STORE/.test(code)),
      `${new Set(ended)}`,
    )
    // One for each connection that was opened in the time of a call, and there is one at a time.
    const count = counting.cancellations()
    assert.ok(count > 0 && count <= 3, `${count} cancellations for ${CROWD} calls`)
    assert.equal(await store.get('key'), 1)
  })

  test('are canceled over TLS, and over a Unix socket', async (t) => {
    const tls = await createCertificates()
    const secure = await postgresFor(t, { tls })
    const local = postgres.url.replace(/@.*/, `@/app?host=${postgres.folder}&port=${postgres.port}`)
    const ways = [
      [secure, { url: `${secure.url}?sslmode=verify-full`, tls: { ca: tls.ca.pem } }],
      [postgres, { url: local }],
    ]
    for (const [server, options] of ways) {
      const store = storeFor(t, { ...options, table: 'ways', timeout })
      await store.set('key', 1)
      await whileLocked(server, 'ways', async () => {
        await outcomes([store.get('key')])
        const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        await until('nobody to wait', async () => (await server.sql(waiting)) === '0')
      })
      assert.equal(await store.get('key'), 1)
    }
  })

  test('are canceled through PgBouncer, which survives that', async (t) => {
    const store = storeFor(t, { url: pooler.url, table: 'pooled', timeout })
    await store.set('key', 1)
    const { pid } = pooler
    for (let round = 0; round < ROUNDS; round += 1) {
      await whileLocked(postgres, 'pooled', () =>
        outcomes(Array.from({ length: CROWD }, () => store.get('key'))),
      )
      const values = await all(CROWD, () => store.get('key'))
      assert.ok(values.every((value) => value === 1))
    }
    assert.ok(process.kill(pid, 0))
  })
})
