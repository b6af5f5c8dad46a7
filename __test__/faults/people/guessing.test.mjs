import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ChatBotKitPartnerAdapter } from '../../../index.js'
import { reach } from '../../../testing/adapter.mjs'
import { all, issueCode, newCode, redeem } from '../../../testing/records.mjs'
import { startRedis } from '../../../testing/redis/servers.mjs'
import { open } from '../../../testing/seal.mjs'
import { redisStoreFor } from '../../../testing/stores.mjs'
import { start } from '../api/subject.mjs'

const MODULE = fileURLToPath(new URL('guesser-process.mjs', import.meta.url))

/** How many wrong codes there are in a burst, half of them at each server. */
const BURST = 1_000

/** Wrong codes until all outstanding ones are void, and until the address is refused. */
const [CODE_ATTEMPTS, LOCK_AFTER] = [5, 100]

const redis = await startRedis()
after(() => redis.stop())

const sum = (...counts) => {
  const total = {}
  for (const [name, count] of counts.flatMap(Object.entries)) {
    total[name] = (total[name] ?? 0) + count
  }
  return total
}

const wrong = (count) => Array.from({ length: count }, randomUUID)

/** Two servers of one application, somebody who asks for codes, and somebody who guesses. */
async function startServers(t, options = {}) {
  const { sandbox, ada } = await start(t)
  const keyPrefix = `guessing-${randomUUID()}:`
  const common = { ...reach(sandbox), keyPrefix, ...options }
  const store = redisStoreFor(t, { url: redis.url })
  const adapter = ChatBotKitPartnerAdapter({ ...common, store })
  const servers = await all(2, async () => {
    const child = fork(MODULE, [JSON.stringify({ ...common, redis: redis.url })])
    t.after(() => child.kill('SIGKILL'))
    await once(child, 'message')
    return child
  })
  const identifier = ada.email
  const digest = createHash('sha256').update(identifier).digest('base64url')
  return {
    adapter,
    servers,
    identifier,
    /** Presents these at both servers, by turns, and tells what came of it. */
    async present(tokens, resend) {
      const answers = servers.map((server, index) => {
        const own = tokens.filter((_, number) => number % servers.length === index)
        server.send({ identifier, tokens: own, resend })
        return once(server, 'message')
      })
      const ends = (await Promise.all(answers)).map(([answer]) => answer)
      return {
        outcomes: sum(...ends.map((it) => it.outcomes)),
        notices: sum(...ends.map((it) => it.notices)),
      }
    },
    async ask() {
      const code = await issueCode(adapter, identifier)
      return code
    },
    /** What Redis knows of the address. */
    async record() {
      const key = `${keyPrefix}codes:${digest}`
      const text = open(sandbox.secret, key, await redis.cli('GET', key))
      return text === undefined ? null : JSON.parse(text).record
    },
  }
}

describe('a thousand guesses at once at two servers', () => {
  for (const outstanding of [1, 10]) {
    test(`void ${outstanding} outstanding codes after exactly five`, async (t) => {
      const { adapter, present, ask, record } = await startServers(t)
      const codes = await all(outstanding, ask)
      const { outcomes, notices } = await present(wrong(BURST))
      assert.deepEqual(outcomes, { null: BURST })
      assert.deepEqual(notices, { CODES_VOIDED: 1 })
      const { failures, codes: left = [] } = await record()
      assert.deepEqual([failures, left], [CODE_ATTEMPTS, []])
      for (const code of codes) assert.equal(await redeem(adapter, code), null)
    })
  }

  test('are a hundred, where a hundred are allowed', async (t) => {
    const { adapter, present, ask, record } = await startServers(t, { codeAttempts: 100 })
    const code = await ask()
    const { outcomes, notices } = await present(wrong(BURST))
    assert.equal(outcomes.redeemed, undefined)
    assert.deepEqual([notices.IDENTIFIER_LOCKED, notices.CODES_VOIDED], [1, undefined])
    assert.equal((await record()).failures, LOCK_AFTER)
    assert.equal(await redeem(adapter, code), null)
  })

  test('with the right one among them redeem it once or not at all', async (t) => {
    for (const place of [0, 3, BURST / 2, BURST - 1]) {
      const { present, ask, record } = await startServers(t)
      const code = await ask()
      const tokens = wrong(BURST - 1)
      tokens.splice(place, 0, code.token)
      const { outcomes } = await present(tokens)
      assert.ok((outcomes.redeemed ?? 0) <= 1, JSON.stringify(outcomes))
      const { failures = 0 } = await record()
      assert.equal(failures, outcomes.redeemed ? 0 : CODE_ATTEMPTS)
    }
  })

  test('of a code that is right redeem it once', async (t) => {
    const { present, ask } = await startServers(t)
    const { token } = await ask()
    const { outcomes } = await present(Array.from({ length: BURST }, () => token))
    assert.deepEqual(outcomes, { redeemed: 1, null: BURST - 1 })
  })

  test('without an outstanding code count for nothing', async (t) => {
    const { adapter, present, ask, record } = await startServers(t)
    const { outcomes, notices } = await present(wrong(BURST))
    assert.deepEqual([outcomes, notices], [{ null: BURST }, {}])
    assert.equal(await record(), null)
    const code = await ask()
    assert.deepEqual(await redeem(adapter, code), code)
  })
})

describe('guesses that go on with each code that is sent again', () => {
  test('are five for each code, and a hundred in all', async (t) => {
    const { adapter, present, ask, record } = await startServers(t)
    const resends = LOCK_AFTER / CODE_ATTEMPTS
    for (let resend = 1; resend <= resends; resend += 1) {
      await ask()
      await present(wrong(50))
      assert.equal((await record()).failures, resend * CODE_ATTEMPTS)
    }
    const code = await ask()
    assert.equal(await redeem(adapter, code), null)
    const { notices } = await present(wrong(BURST))
    assert.deepEqual(notices, { IDENTIFIER_REFUSED: BURST })
    assert.equal((await record()).failures, LOCK_AFTER)
  })

  test('are a hundred in all when codes are sent in the midst of them', async (t) => {
    const { adapter, present, ask, record } = await startServers(t)
    const { outcomes, notices } = await present(wrong(BURST), 5)
    const total = Object.values(outcomes).reduce((one, other) => one + other)
    assert.equal(total, BURST)
    assert.equal(outcomes.redeemed, undefined)
    const { failures } = await record()
    assert.ok(failures <= LOCK_AFTER, `${failures}`)
    assert.equal(notices.IDENTIFIER_LOCKED ?? 0, failures === LOCK_AFTER ? 1 : 0)
    // Until the lock, however the rest fell.
    while ((await record()).failures < LOCK_AFTER) await present(wrong(10), 5)
    assert.equal((await record()).failures, LOCK_AFTER)
    assert.equal(await redeem(adapter, await ask()), null)
  })

  test('are one more each time a lock ends', async (t) => {
    const options = { lockAfter: 5, lockFor: 1_500 }
    const { present, ask, record } = await startServers(t, options)
    await ask()
    await present(wrong(BURST))
    assert.equal((await record()).failures, 5)
    for (const failures of [6, 7]) {
      await sleep(1_550)
      await ask()
      const { notices } = await present(wrong(200))
      assert.equal(notices.IDENTIFIER_LOCKED, 1)
      assert.equal((await record()).failures, failures)
    }
  })

  test('are not forgotten by a server that is killed in the midst of them', async (t) => {
    const { adapter, servers, identifier, present, ask, record } = await startServers(t)
    await ask()
    await present(wrong(3))
    servers[0].send({ identifier, tokens: wrong(BURST) })
    servers[0].kill('SIGKILL')
    await once(servers[0], 'exit')
    const { failures } = await record()
    assert.ok(failures >= 3 && failures <= CODE_ATTEMPTS, `${failures}`)
    for (let number = failures; number < CODE_ATTEMPTS; number += 1) {
      await redeem(adapter, newCode(identifier))
    }
    const { codes = [] } = await record()
    assert.deepEqual(codes, [])
  })
})
