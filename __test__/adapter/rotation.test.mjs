import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisStore } from '../../index.js'
import { anotherAdapter, startSandbox } from '../../testing/adapter.mjs'
import { ADA } from '../../testing/people.mjs'
import { all, newSession } from '../../testing/records.mjs'
import { redisFor } from '../../testing/redis/servers.mjs'

const SESSIONS = 1_000
const NEW = 'the-new-secret'

/** Servers are rolled out one after the other, so each step runs beside the one before it. */
test(`a secret that is rotated in the midst of ${SESSIONS} sessions signs nobody out`, async (t) => {
  const redis = await redisFor(t)
  const sandbox = await startSandbox(t, { users: [ADA] })
  sandbox.addSecret(NEW)
  const { id } = sandbox.users.findByEmail(ADA.email)
  const [OLD, url] = [sandbox.secret, redis.url]
  const store = new RedisStore({ url })
  t.after(() => store.close())
  const steps = [
    { secret: OLD },
    { secret: OLD, previousSecrets: [NEW] },
    { secret: NEW, previousSecrets: [OLD] },
  ].map((options) => anotherAdapter(sandbox, { ...options, store }))

  const sessions = []
  for (const [step, adapter] of steps.entries()) {
    // Both servers of a rollout make sessions, and each meets those of the other.
    const beside = [adapter, steps[Math.max(0, step - 1)]]
    sessions.push(
      ...(await all(Math.ceil(SESSIONS / steps.length), (n) =>
        beside[n % 2].createSession(newSession(id)),
      )),
    )
    for (const server of beside) {
      const found = await Promise.all(
        sessions.map(({ sessionToken }) => server.getSessionAndUser(sessionToken)),
      )
      assert.equal(found.filter((it) => it?.user.id === id).length, sessions.length, `step ${step}`)
    }
  }
  // Who is prolonged meanwhile needs the old secret no more.
  const fresh = anotherAdapter(sandbox, { secret: NEW, store })
  const { expires } = newSession(id, 7_200_000)
  for (const { sessionToken } of sessions) await steps[2].updateSession({ sessionToken, expires })
  const left = await Promise.all(
    sessions.map(({ sessionToken }) => fresh.getSessionAndUser(sessionToken)),
  )
  assert.equal(left.filter(Boolean).length, sessions.length)
})
