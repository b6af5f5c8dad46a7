import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PostgresStore } from '../../index.js'
import { runWell } from '../../testing/child.mjs'
import { listenFor } from '../../testing/listening.mjs'
import { failure, outcomes } from '../../testing/outcomes.mjs'
import { startPgBouncer } from '../../testing/postgres/pgbouncer.mjs'
import { PASSWORD, postgresFor, startPostgres } from '../../testing/postgres/postgres.mjs'
import { until } from '../../testing/waiting.mjs'
import { assertEveryCallFails } from '../conformance/store-calls.mjs'
import { checkKilled, checkServerKilled } from './killed.mjs'
import { assertRefused, storeFor, timeout } from './postgres-calls.mjs'
import { checkRedemptions } from './redemptions.mjs'

const UNREACHED = ['ERR_STORE', 'ERR_STORE_TIMEOUT']

const postgres = await startPostgres()
const pooler = await startPgBouncer(postgres)
after(async () => {
  await pooler.stop()
  await postgres.stop()
})

describe('a PostgresStore without an address', { concurrency: true }, () => {
  for (const url of [undefined, null, '']) {
    test(`is made without complaint and refuses the first call (url: ${url})`, async (t) => {
      await assertRefused(t, { url }, 'ERR_INVALID_OPTION', { words: /no url/ })
    })
  }

  test('or with options that it does not know is refused when it is made', () => {
    for (const options of [
      { url: 'mysql://localhost' },
      { url: 'postgres://localhost', table: 'two words' },
      { url: 'postgres://localhost', table: 'a"; DROP TABLE b' },
      { url: 'postgres://localhost', table: 'x'.repeat(59) },
      { url: 'postgres://localhost', connections: 0 },
      { url: 'postgres://localhost', tls: { ca: 'not a certificate' } },
      { url: 'postgres://localhost', tls: { cert: 'x' } },
      { url: 'postgres://localhost', keyPrefix: 'x' },
      null,
    ]) {
      assert.throws(() => new PostgresStore(options), failure('ERR_INVALID_OPTION'))
    }
  })

  test('or with a parameter that means nothing refuses the first call', async (t) => {
    for (const query of ['sslmod=require', 'sslmode=verify_full', 'sslkey=/key.pem']) {
      await assertRefused(t, { url: `${postgres.url}?${query}` }, 'ERR_INVALID_OPTION')
    }
  })
})

describe('a PostgresStore whose server', { concurrency: true }, () => {
  test('has another password, or no such user or database, refuses for good', async (t) => {
    const wrong = postgres.url.replace(encodeURIComponent(PASSWORD), 'sesame')
    await assertRefused(t, { url: wrong }, 'ERR_INVALID_OPTION', { words: /password/ })
    const other = postgres.url.replace(/app$/, 'nowhere')
    await assertRefused(t, { url: other }, 'ERR_INVALID_OPTION', { words: /no database/ })
    const through = pooler.url.replace(encodeURIComponent(PASSWORD), 'sesame')
    await assertRefused(t, { url: through }, 'ERR_INVALID_OPTION', { words: /password/ })
    const table = 'nowhere.entries'
    await assertRefused(t, { url: postgres.url, table }, 'ERR_INVALID_OPTION', { words: /schema/ })
  })

  test('is not there, says nothing, hangs up, or is no PostgreSQL, fails in time', async (t) => {
    const serves = [
      () => {},
      (socket) => socket.destroy(),
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ]
    const urls = ['postgres://app:sesame@127.0.0.1:1/app', 'postgres:///app?host=/nowhere']
    for (const serve of serves) {
      const { port } = await listenFor(t, createServer(serve))
      for (const mode of ['disable', 'prefer', 'require']) {
        urls.push(`postgres://app:sesame@127.0.0.1:${port}/app?sslmode=${mode}`)
      }
    }
    await Promise.all(
      urls.map((url) =>
        assertEveryCallFails(storeFor(t, { url, timeout }), UNREACHED, { timeout }),
      ),
    )
  })

  test('hangs up at once is not stormed with connections', async (t) => {
    let connections = 0
    const serve = (socket) => {
      connections += 1
      socket.destroy()
    }
    const { port } = await listenFor(t, createServer(serve))
    const url = `postgres://app:sesame@127.0.0.1:${port}/app?sslmode=disable`
    const store = storeFor(t, { url, timeout: 1_000 })
    await outcomes(Array.from({ length: 100 }, () => store.get('key')))
    // Over each of four connections with waits that grow from 20 ms to half a second.
    assert.ok(connections <= 40, `${connections} connections in a second`)
  })

  test('gives the role no right to make the table says the statement, and works once it is there', async (t) => {
    await postgres.sql('CREATE SCHEMA closed')
    const store = storeFor(t, { url: postgres.url, table: 'closed.entries' })
    const error = await store.get('key').catch((error) => error)
    failure('ERR_STORE', { retryable: false })(error)
    assert.match(error.message, /role lacks a right|may not make one/)
    await postgres.sql('GRANT USAGE ON SCHEMA closed TO app')
    const { message } = await store.get('key').catch((error) => error)
    const [, statement] = /Have its owner run: (CREATE TABLE .*)$/.exec(message)
    await postgres.sql(statement)
    await assert.rejects(store.get('key'), failure('ERR_STORE', { message: /42501/ }))
    await postgres.sql('GRANT SELECT, INSERT, UPDATE, DELETE ON closed.entries TO app')
    await store.set('key', 1)
    assert.equal(await store.get('key'), 1)
  })

  test('has another table of that name refuses for good', async (t) => {
    await postgres.sql('CREATE TABLE theirs (id int); GRANT ALL ON theirs TO app')
    const table = 'theirs'
    await assertRefused(t, { url: postgres.url, table }, 'ERR_INVALID_OPTION', { words: /another/ })
  })

  test('cancels statements that wait for too long says so, and works again later', async (t) => {
    const url = `${postgres.url}?options=${encodeURIComponent('-c statement_timeout=100')}`
    const store = storeFor(t, { url, table: 'locked', timeout })
    await store.set('key', 1)
    const locked = postgres.sql('BEGIN; LOCK TABLE locked; SELECT pg_sleep(3); COMMIT')
    const locks = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
    await until('the lock', async () => (await postgres.sql(locks)) !== '0')
    const refused = { message: /statement_timeout/, retryable: true }
    await assert.rejects(store.get('key'), failure('ERR_STORE', refused))
    await locked
    assert.equal(await store.get('key'), 1)
  })

  test('takes no writes for a moment is waited for', async (t) => {
    const alone = await postgresFor(t)
    const store = storeFor(t, { url: alone.url, timeout: 5_000 })
    await store.set('key', 1)
    await alone.sql('ALTER DATABASE app SET default_transaction_read_only = on')
    const reader = storeFor(t, { url: alone.url, timeout: 5_000 })
    assert.equal(await reader.get('key'), 1)
    const waiting = outcomes([reader.set('key', 2), reader.compareAndSet('other', null, 3)])
    await sleep(300)
    await alone.sql('BEGIN READ WRITE; ALTER DATABASE app RESET ALL; COMMIT')
    assert.deepEqual(await waiting, [undefined, true])
    assert.deepEqual([await store.get('key'), await store.get('other')], [2, 3])
  })

  test('takes no writes at all says so', async (t) => {
    const options = encodeURIComponent('-c default_transaction_read_only=on')
    const store = storeFor(t, { url: `${postgres.url}?options=${options}`, timeout })
    await storeFor(t, { url: postgres.url }).ping()
    const refused = { message: /25006: it takes no writes/, retryable: true }
    await assert.rejects(store.set('key', 1), failure('ERR_STORE', refused))
  })

  test('is the second of two, of which the first is not there, is found', async (t) => {
    const url = postgres.url.replace('@localhost', '@127.0.0.1:1,localhost')
    assert.equal(await storeFor(t, { url }).compareAndSet('found', null, 1), true)
  })
})

/** A way to the server on which connections can be forgotten: they stay open, and nothing passes. */
async function startForgetful(t) {
  const open = new Set()
  const state = { forgets: false }
  const serve = (client) => {
    const server = connect(postgres.port, '127.0.0.1')
    const isForgotten = () => state.forgets || !open.has(client)
    open.add(client)
    client.on('data', (bytes) => isForgotten() || server.write(bytes))
    server.on('data', (bytes) => isForgotten() || client.write(bytes))
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  }
  const { port } = await listenFor(t, createServer(serve))
  return {
    url: postgres.url.replace(/localhost:\d+/, `localhost:${port}`),
    /** Forgets those that are open. */
    forget: () => open.clear(),
    /** Whether to forget all of them, and new ones, too. */
    forgetAll(forgets) {
      state.forgets = forgets
    },
  }
}

describe('the way to a PostgresStore', { concurrency: true }, () => {
  test('that forgot its connections costs a part of the time of a call, and no call', async (t) => {
    const way = await startForgetful(t)
    const store = storeFor(t, { url: way.url, timeout: 2_000 })
    await Promise.all(Array.from({ length: 20 }, (_, n) => store.set(`forgotten ${n}`, n)))
    way.forget()
    const began = performance.now()
    const calls = Array.from({ length: 20 }, (_, n) => store.get(`forgotten ${n}`))
    assert.deepEqual(
      await outcomes(calls),
      Array.from({ length: 20 }, (_, n) => n),
    )
    const took = performance.now() - began
    assert.ok(took < 1_700, `${took} ms`)
  })

  test('that is cut fails calls in time, and works again later', async (t) => {
    const way = await startForgetful(t)
    const store = storeFor(t, { url: way.url, timeout })
    await store.ping()
    way.forgetAll(true)
    await assertEveryCallFails(store, UNREACHED, { timeout })
    way.forgetAll(false)
    await store.ping()
  })
})

describe('the connections of a PostgresStore', { concurrency: true }, () => {
  test('are one for calls one after the other, and four at the most', async (t) => {
    const alone = await postgresFor(t)
    const store = storeFor(t, { url: alone.url })
    for (let n = 0; n < 20; n += 1) await store.set(`key ${n}`, n)
    await sleep(100)
    assert.ok((await alone.clients()) <= 2, 'one, and one that removes what has ended')
    await Promise.all(Array.from({ length: 500 }, (_, n) => store.set(`key ${n}`, n)))
    assert.equal(await alone.clients(), 4)
    await store.close()
    await until('the connections to end', async () => (await alone.clients()) === 0)
  })

  test('that the server ended are opened again, and nobody hears of it', async (t) => {
    const alone = await postgresFor(t)
    const store = storeFor(t, { url: alone.url })
    for (let round = 0; round < 5; round += 1) {
      const calls = Array.from({ length: 50 }, (_, n) => store.set(`key ${n}`, n))
      await alone.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'",
      )
      assert.deepEqual(await outcomes(calls), Array(50).fill(undefined))
    }
  })
})

describe('a process with a PostgresStore', { concurrency: true }, () => {
  test('connects with the first call, and ends by itself though it was not closed', async () => {
    const answer = await runWell(
      async ({ url }, answer) => {
        const { PostgresStore } = require('./index.js')
        globalThis.stores = Array.from({ length: 1_000 }, () => new PostgresStore({ url }))
        await globalThis.stores[0].set('process', 1, { px: 60_000 })
        answer(await globalThis.stores[0].get('process'))
      },
      { input: { url: postgres.url }, within: 5_000 },
    )
    assert.equal(answer, 1)
  })
})

describe('a PostgresStore that is closed', { concurrency: true }, () => {
  test('refuses every call, before and after it was used', async (t) => {
    for (const isUsed of [false, true]) {
      const store = storeFor(t, { url: postgres.url })
      if (isUsed) await store.ping()
      await Promise.all([store.close(), store.close()])
      await assertEveryCallFails(store, 'ERR_CLOSED')
      const calls = [store.get('key'), store.set('key', 1), store.del('key'), store.ping()]
      assert.deepEqual(await outcomes(calls), Array(4).fill('ERR_CLOSED'))
    }
  })

  test('in the midst of calls waits for all of them', async (t) => {
    const store = storeFor(t, { url: postgres.url })
    const calls = Array.from({ length: 200 }, (_, n) => store.set(`closing ${n}`, n))
    await store.close()
    assert.deepEqual(await outcomes(calls), Array(200).fill(undefined))
  })
})

for (const [where, { url }] of Object.entries({ PostgreSQL: postgres, PgBouncer: pooler })) {
  test(`a code presented a hundred times at once through two processes has one winner (${where})`, async (t) => {
    await checkRedemptions(t, 'PostgresStore', { url }, storeFor(t, { url }))
  })

  test(`a process that is killed in the midst of writes loses nothing that was answered (${where})`, async (t) => {
    await checkKilled(t, 'PostgresStore', { url }, storeFor(t, { url }))
  })
}

test('a PostgreSQL that is killed in the midst of writes loses nothing that was answered', async (t) => {
  const alone = await postgresFor(t)
  await checkServerKilled(t, alone, storeFor(t, { url: alone.url }))
})
