/** Servers that share a Redis. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { redisFor } from '../../testing/redis/servers.mjs'
import { newAddress } from './world.mjs'

/** @param {() => object} setting `{ browser, world }` of the moment */
export function redisFlows(setting) {
  it('keeps people signed in over a restart of the server', async (t) => {
    const { world, browser } = setting()
    const redis = await redisFor(t)
    const person = await browser.person(t, world)
    const first = await world.startServer({ REDIS_URL: redis.url })
    t.after(() => first.stop())
    person.moveTo(first)
    const id = await person.signIn(newAddress())
    assert.ok(Number(await redis.cli('DBSIZE')) > 0, 'the store is in Redis')

    // A page that is open goes on fetching what its links lead to.
    await person.page.goto('about:blank')
    await first.stop()
    const second = await world.startServer({ REDIS_URL: redis.url, port: first.port })
    t.after(() => second.stop())
    await person.open('/dashboard')

    assert.equal(await person.accountId(), id)
  })

  it('redeems at one server what another one sent, and both know the session', async (t) => {
    const { world, browser } = setting()
    const redis = await redisFor(t)
    const person = await browser.person(t, world)
    const servers = []
    for (const _ of ['one', 'two']) {
      const server = await world.startServer({ REDIS_URL: redis.url })
      t.after(() => server.stop())
      servers.push(server)
    }
    person.moveTo(servers[0])
    const code = await person.receiveCode(newAddress())

    // Cookies do not tell ports apart: to the browser, both are one host behind a balancer.
    await person.open('/signin/code', servers[1].origin)
    await person.enterCode(code)
    const id = await person.accountId()
    await person.open('/dashboard', servers[0].origin)
    assert.equal(await person.accountId(), id)

    await person.signOut()
    await person.open('/dashboard', servers[1].origin)
    await person.sees('Sign in')
  })
}
