import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSandbox } from '../../../sandbox/index.js'
import { startSandbox } from '../../../testing/adapter.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA, EVE } from '../../../testing/people.mjs'
import { freePort } from '../../../testing/ports.mjs'
import { start } from '../api/subject.mjs'
import { startTcp } from './servers.mjs'

const CALLS = {
  'a look-up by address': (adapter) => adapter.getUserByEmail(ADA.email),
  'a look-up by id': (adapter, id) => adapter.getUser(id),
  'a change': (adapter, id) => adapter.updateUser({ id, name: 'Countess' }),
  'a create': (adapter) => adapter.createUser(EVE),
  'a deletion': (adapter, id) => adapter.deleteUser(id),
}

const TRIES = { retries: 1, retryDelay: 0 }
const unreachable = failure('ERR_API_UNREACHABLE', { retryable: true })

describe('a host that cannot be reached', { concurrency: 5 }, () => {
  for (const [what, call] of Object.entries(CALLS)) {
    test(`because it has no address fails ${what} with a typed error`, async (t) => {
      const baseUrl = 'http://nowhere.invalid'
      const { adapter, ada } = await start(t, { ...TRIES, baseUrl, timeout: 3_000 })
      const error = await call(adapter, ada.id).catch((reason) => reason)
      // A resolver that is slow to say no is a time-out.
      assert.match(error.code, /^ERR_API_(UNREACHABLE|TIMEOUT)$/)
      assert.match(error.message, /nowhere\.invalid/)
      assert.equal(error.retryable, true)
    })

    test(`because it refuses fails ${what} with a typed error`, async (t) => {
      const baseUrl = `http://127.0.0.1:${await freePort()}`
      const { adapter, ada } = await start(t, { ...TRIES, baseUrl })
      await assert.rejects(call(adapter, ada.id), unreachable)
    })

    test(`because it resets what it accepts fails ${what} with a typed error`, async (t) => {
      const server = await startTcp(t, (socket) => socket.resetAndDestroy())
      const baseUrl = `http://127.0.0.1:${server.port}`
      const { adapter, ada } = await start(t, { ...TRIES, baseUrl })
      await assert.rejects(call(adapter, ada.id), unreachable)
    })
  }

  test('now is reached by the same call a moment later', async (t) => {
    const port = await freePort()
    const baseUrl = `http://127.0.0.1:${port}`
    const { adapter } = await start(t, { retries: 10, retryDelay: 60_000, baseUrl })
    const found = adapter.getUserByEmail(ADA.email)
    await sleep(50)
    await startSandbox(t, { users: [ADA] }, port)
    assert.equal((await found).email, ADA.email)
  })
})

describe('an API that was restarted', () => {
  for (const [what, call] of Object.entries(CALLS)) {
    test(`behind kept connections does not fail ${what}`, async (t) => {
      const first = createSandbox()
      const { port, url } = await first.listen()
      const { adapter } = await start(t, { ...TRIES, baseUrl: url })
      await Promise.all(
        Array.from({ length: 5 }, (_, number) => adapter.getUserByEmail(`${number}@example.com`)),
      )
      await first.close()
      const second = await startSandbox(t, { users: [ADA] }, port)
      const { id } = second.users.findByEmail(ADA.email)
      const outcome = await call(adapter, id)
      if (outcome !== undefined) assert.match(outcome.email, /^(ada|eve)@example\.com$/)
      assert.ok(second.users.all().length <= 2)
    })
  }
})

describe('a redirect to another host', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    for (const [what, call] of Object.entries(CALLS)) {
      test(`by ${status} carries neither the secret nor ${what} there`, async (t) => {
        const thief = await startTcp(t, (socket) => {
          socket.end('HTTP/1.1 200 OK\r\n\r\n{"items":[],"id":"c"}')
        })
        const { adapter, sandbox, ada } = await start(t, TRIES)
        const location = `http://localhost:${thief.port}/`
        sandbox.inject({ type: 'redirect', status, location })
        await assert.rejects(
          call(adapter, ada.id),
          failure('ERR_API_RESPONSE', { status, retryable: false }),
        )
        assert.equal(thief.connections, 0)
      })
    }
  }
})
