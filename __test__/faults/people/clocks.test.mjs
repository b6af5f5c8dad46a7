import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { KVStore } from '../../../index.js'
import { anotherAdapter } from '../../../testing/adapter.mjs'
import { guess, issueCode, newCode, redeem } from '../../../testing/records.mjs'
import { connect, startRedis, startRestFront } from '../../../testing/redis/servers.mjs'
import { open, seal } from '../../../testing/seal.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { start } from '../api/subject.mjs'

const TEN_MINUTES = 600_000 // ms

const redis = await startRedis()
const front = await startRestFront(redis)
const connection = await connect(redis)
after(async () => {
  connection.close()
  await front.stop()
  await redis.stop()
})

const STORES = {
  Redis: (t) => redisStoreFor(t, { url: redis.url }),
  'Redis over REST'(t) {
    const store = new KVStore({ url: front.url, token: front.token })
    t.after(() => store.close())
    return store
  },
}

const CLOCKS = { 'ten minutes ahead': TEN_MINUTES, 'ten minutes behind': -TEN_MINUTES }

/** The times of a code's record, moved: as a server writes it whose clock is off by so much. */
function moved(record, by) {
  const move = (time) => (time > 0 ? time + by : time)
  const { codes = [], at, lastMiss, lockedUntil, ...rest } = record
  return {
    ...rest,
    codes: codes.map(([digest, end, ...others]) => [digest, move(end), ...others]),
    ...{ at: move(at), lastMiss: move(lastMiss), lockedUntil: move(lockedUntil) },
  }
}

/** Two servers, of which the other one's clock is off. */
async function startServers(t, store, ahead, options = {}) {
  const keyPrefix = `clocks-${randomUUID()}:`
  const { adapter, sandbox, ada } = await start(t, { store: store(t), keyPrefix, ...options })
  const other = anotherAdapter(sandbox, { store: store(t), keyPrefix, ...options })
  /** What stands in Redis becomes what a server would have written whose clock is off. */
  async function writtenByOther() {
    const [key] = await connection.command('KEYS', `${keyPrefix}codes:*`)
    const { record, ...rest } = JSON.parse(
      open(sandbox.secret, key, String(await connection.command('GET', key))),
    )
    const text = JSON.stringify({ ...rest, record: moved(record, ahead) })
    await connection.command('SET', key, seal(sandbox.secret, key, text), 'KEEPTTL')
  }
  return { adapter, other, identifier: ada.email, writtenByOther }
}

// Side by side: they wait most of the time.
describe('where clocks differ', { concurrency: true }, () => {
  for (const [name, store] of Object.entries(STORES)) {
    for (const [which, ahead] of Object.entries(CLOCKS)) {
      describe(`on ${name} a record of a server whose clock is ${which}`, {
        concurrency: true,
      }, () => {
        test('has codes that are good here', async (t) => {
          const { adapter, other, identifier, writtenByOther } = await startServers(t, store, ahead)
          const code = await issueCode(other, identifier)
          await writtenByOther()
          const { expires } = await redeem(adapter, code)
          // By the clock of this server: NextAuth compares it with that.
          assert.ok(Math.abs(expires - code.expires) < 5_000, `${expires}`)
        })

        test('keeps its codes when another one is asked for here', async (t) => {
          const { adapter, other, identifier, writtenByOther } = await startServers(t, store, ahead)
          const code = await issueCode(other, identifier)
          await writtenByOther()
          await issueCode(adapter, identifier)
          assert.equal((await redeem(adapter, code)).token, code.token)
        })

        test('has codes that end here when they should', async (t) => {
          const { adapter, other, identifier, writtenByOther } = await startServers(t, store, ahead)
          const code = newCode(identifier, 7_000)
          await other.createVerificationToken(code)
          await writtenByOther()
          await issueCode(adapter, identifier)
          await redeem(adapter, newCode(identifier))
          await sleep(code.expires - Date.now() + 1_000)
          assert.equal(await redeem(adapter, code), null)
        })

        test('refuses the address here for as long as it should', async (t) => {
          const options = { lockAfter: 5, lockFor: 7_000 }
          const servers = await startServers(t, store, ahead, options)
          const { adapter, other, identifier, writtenByOther } = servers
          await issueCode(other, identifier)
          await guess(other, identifier, 5)
          const locked = Date.now()
          await writtenByOther()
          const code = await issueCode(adapter, identifier)
          assert.equal(await redeem(adapter, code), null)
          await sleep(locked + 5_500 - Date.now())
          assert.equal(await redeem(adapter, code), null)
          await sleep(locked + 8_000 - Date.now())
          assert.deepEqual(await redeem(adapter, code), code)
        })
      })
    }
  }
})
