import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { KVStore } from '../../../index.js'
import { anotherAdapter } from '../../../testing/adapter.mjs'
import { startLosingProxy } from '../../../testing/losing-proxy.mjs'
import { guess, issueCode, newCode, redeem } from '../../../testing/records.mjs'
import { startRedis, startRestFront } from '../../../testing/redis/servers.mjs'
import { mapStore, redisStoreFor } from '../../../testing/stores.mjs'
import { start } from '../api/subject.mjs'

const redis = await startRedis()
const front = await startRestFront(redis)
after(async () => {
  await front.stop()
  await redis.stop()
})

const through = (url, port) => Object.assign(new URL(url), { port }).href

/** Stores that lose the answer to a change when they are told to: here, and as others see them. */
const STORES = {
  async Redis(t) {
    const { lose, hasLost, port } = await startLosingProxy(t, new URL(redis.url).port, 'EVAL')
    const here = redisStoreFor(t, { url: through(redis.url, port) })
    return { here, there: redisStoreFor(t, { url: redis.url }), lose, hasLost }
  },

  async 'Redis over REST'(t) {
    const { lose, hasLost, port } = await startLosingProxy(t, new URL(front.url).port, 'EVAL')
    const [here, there] = [through(front.url, port), front.url].map((url) => {
      const store = new KVStore({ url, token: front.token })
      t.after(() => store.close())
      return store
    })
    return { here, there, lose, hasLost }
  },

  /** One that repeats what it has no answer to by itself. */
  'a store in JavaScript': async () => {
    const entries = new Map()
    let meanwhile
    const change = (key, expected, value) => {
      if (!isDeepStrictEqual(entries.get(key) ?? null, expected)) return false
      if (value === null) entries.delete(key)
      else entries.set(key, value)
      return true
    }
    const there = { ...mapStore(entries), compareAndSet: change }
    const here = {
      ...there,
      async compareAndSet(...change_) {
        if (!meanwhile) return change(...change_)
        const act = meanwhile
        meanwhile = undefined
        change(...change_)
        await act()
        return change(...change_)
      },
    }
    const lose = (act) => {
      meanwhile = act
    }
    return { here, there, lose, hasLost: () => meanwhile === undefined }
  },
}

/** What others do between a redemption and its repetition. */
const MEANWHILE = {
  'somebody guesses': (adapter, { identifier }) => redeem(adapter, newCode(identifier)),
  'somebody guesses until all codes are void': (adapter, { identifier }) =>
    guess(adapter, identifier, 10),
  'another code is asked for': (adapter, { identifier }) => issueCode(adapter, identifier),
  'somebody guesses and another code is asked for': async (adapter, { identifier }) => {
    await redeem(adapter, newCode(identifier))
    await issueCode(adapter, identifier)
    await redeem(adapter, newCode(identifier))
  },
  'the same code is presented elsewhere': async (adapter, code) =>
    assert.equal(await redeem(adapter, code), null),
}

/** Two servers, of which the first one's answers get lost. */
async function startServers(t, make) {
  const { here, there, ...losing } = await make(t)
  const keyPrefix = `lost-${randomUUID()}:`
  const { adapter, sandbox, ada } = await start(t, { store: here, keyPrefix })
  const other = anotherAdapter(sandbox, { store: there, keyPrefix })
  return { adapter, other, identifier: ada.email, ...losing }
}

for (const [store, make] of Object.entries(STORES)) {
  describe(`an answer of ${store} is lost`, { concurrency: 4 }, () => {
    for (const [what, act] of Object.entries(MEANWHILE)) {
      test(`while a code is redeemed, and ${what}: it is accepted once`, async (t) => {
        const { adapter, other, identifier, lose, hasLost } = await startServers(t, make)
        await issueCode(adapter, identifier)
        const code = await issueCode(adapter, identifier)
        lose(() => act(other, code))
        assert.deepEqual(await redeem(adapter, code), code)
        assert.ok(hasLost())
        for (const it of [adapter, other]) assert.equal(await redeem(it, code), null)
      })
    }

    test('while a code is made, and it is redeemed elsewhere: it is used', async (t) => {
      const { adapter, other, identifier, lose, hasLost } = await startServers(t, make)
      const code = newCode(identifier)
      lose(async () => assert.deepEqual(await redeem(other, code), code))
      assert.deepEqual(await adapter.createVerificationToken(code), code)
      assert.ok(hasLost())
      for (const it of [adapter, other]) assert.equal(await redeem(it, code), null)
    })
  })
}
