/** One application in two processes, as behind a load balancer: they share a Redis and a secret. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ChatBotKitPartnerAdapter, RedisStore } from '@chatbotkit/nextauth'
import { reach, startSandbox } from '../../testing/adapter.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { redisFor } from '../../testing/redis/servers.mjs'
import { Visit } from './visit.mjs'

const MODULE = fileURLToPath(new URL('application-process.mjs', import.meta.url))

export function describeProcesses(framework) {
  describe(`two processes and one Redis with ${framework.name}`, () => {
    whatBothKnow(framework)
    whatBothForget(framework)
  })
}

/** @returns two processes, a browser that can move between them, and an adapter in this process */
async function startTwo(t, framework) {
  const sandbox = await startSandbox(t, { users: [ADA, BOB] })
  const redis = await redisFor(t)
  const settings = {
    framework: framework.module,
    api: sandbox.url,
    apiSecret: sandbox.secret,
    redis: redis.url,
    secret: randomBytes(32).toString('hex'),
  }
  const codes = new Map()
  const [one, two] = await Promise.all([
    startProcess(t, settings, codes),
    startProcess(t, settings, codes),
  ])
  const adapter = ChatBotKitPartnerAdapter({
    ...reach(sandbox),
    store: new RedisStore({ url: redis.url }),
    autoDeleteUser: true,
  })
  return {
    sandbox,
    adapter,
    one,
    two,
    openAt: ({ origin }) => new Visit(framework, origin, { codes }),
  }
}

async function startProcess(t, settings, codes) {
  const child = fork(MODULE, [JSON.stringify(settings)])
  const ended = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  t.after(kill)
  child.on('message', ({ address, code }) => {
    if (!address) return
    codes.set(address, code)
    child.send('delivered')
  })
  const [{ origin }] = await Promise.race([
    once(child, 'message'),
    ended.then(([status]) => assert.fail(`the application ended with ${status}`)),
  ])
  return { origin, kill }
}

/** The load balancer sends this browser to another process from now on. */
const moveTo = (visit, { origin }) => Object.assign(visit.browser, { origin })

function whatBothKnow(framework) {
  it('takes a code at one that was asked for at the other, and shows the session at both', async (t) => {
    const { sandbox, one, two, openAt } = await startTwo(t, framework)
    const visit = openAt(one)
    const code = await visit.askForCode(ADA.email)

    moveTo(visit, two)
    assert.equal(await visit.redeem(ADA.email, code), undefined)

    const { id } = sandbox.users.findByEmail(ADA.email)
    for (const process of [one, two, one]) {
      moveTo(visit, process)
      assert.equal((await visit.person()).id, id)
    }
  })

  it('costs no request to read a session at one when the other knows the person', async (t) => {
    const { sandbox, one, two, openAt } = await startTwo(t, framework)
    const visit = openAt(one)
    await visit.signInAs(ADA.email)
    await visit.session()
    sandbox.clearRequests()

    moveTo(visit, two)
    assert.equal((await visit.person()).email, ADA.email)

    assert.equal(sandbox.requests.length, 0)
  })

  it('keeps the session of a process that was killed', async (t) => {
    const { one, two, openAt } = await startTwo(t, framework)
    const visit = openAt(one)
    await visit.signInAs(ADA.email)

    await one.kill()

    moveTo(visit, two)
    assert.equal((await visit.person()).email, ADA.email)
  })

  it('lets one of many simultaneous uses of a code in, wherever they arrive', async (t) => {
    const { one, two, openAt } = await startTwo(t, framework)
    const code = await openAt(one).askForCode(ADA.email)
    const visits = Array.from({ length: 8 }, (_, i) => openAt(i % 2 === 0 ? one : two))

    const results = await Promise.all(visits.map((visit) => visit.redeem(ADA.email, code)))

    assert.equal(results.filter((error) => error === undefined).length, 1)
  })
}

function whatBothForget(framework) {
  it('signs out at both what is signed out at one', async (t) => {
    const { one, two, openAt } = await startTwo(t, framework)
    const visit = openAt(one)
    await visit.signInAs(ADA.email)
    const { value } = visit.sessionCookie
    moveTo(visit, two)
    await visit.signOut()

    for (const process of [one, two]) {
      const thief = openAt(process)
      thief.browser.setCookie(thief.sessionCookieName, value)
      assert.equal(await thief.person(), undefined)
    }
  })

  it('ends the session made at one when somebody else signs in at the other', async (t) => {
    const { adapter, one, two, openAt } = await startTwo(t, framework)
    const visit = openAt(one)
    await visit.signInAs(ADA.email)
    const { value } = visit.sessionCookie

    moveTo(visit, two)
    assert.equal(await visit.signInAs(BOB.email), undefined)

    assert.equal(await adapter.getSessionAndUser(value), null)
    moveTo(visit, one)
    assert.equal((await visit.person()).email, BOB.email)
  })

  it('shows a name at once that a third process changed', async (t) => {
    const { sandbox, adapter, one, two, openAt } = await startTwo(t, framework)
    const visit = openAt(one)
    await visit.signInAs(ADA.email)
    await visit.session()

    await adapter.updateUser({ id: sandbox.users.findByEmail(ADA.email).id, name: 'Countess' })

    for (const process of [one, two]) {
      moveTo(visit, process)
      assert.equal((await visit.person()).name, 'Countess')
    }
  })

  it('signs a person out at both whom a third process deleted', async (t) => {
    const { sandbox, adapter, one, two, openAt } = await startTwo(t, framework)
    const visits = [openAt(one), openAt(two)]
    for (const visit of visits) {
      await visit.signInAs(ADA.email)
      await visit.session()
    }

    await adapter.deleteUser(sandbox.users.findByEmail(ADA.email).id)

    for (const visit of visits) assert.equal(await visit.person(), undefined)
  })
}
