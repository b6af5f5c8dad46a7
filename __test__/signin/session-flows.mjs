/**
 * Sessions that the adapter keeps (`strategy: 'database'`), for people who sign in by code.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADA, BOB } from '../../testing/people.mjs'
import { startApplication } from './application.mjs'

const NEWCOMER = 'grace@example.com'

/** Seconds that a session lasts, where a test waits for its end. */
const SHORT = 1

/** ms. Longer than a short session lasts. */
const PAST_ITS_END = 1_100

const start = (t, framework, { session, ...options } = {}) =>
  startApplication(t, framework, { ...options, session: { strategy: 'database', ...session } })

export function describeSessions(framework) {
  describe(`sessions in the store with ${framework.name}`, () => {
    howSessionsBegin(framework)
    whatIsShownOfThem(framework)
    howTheyAreProlonged(framework)
    howTheyEnd(framework)
    whichCookiesAreRefused(framework)
  })
}

function howSessionsBegin(framework) {
  it('lets an existing person in as themselves', async (t) => {
    const { open, sandbox } = await start(t, framework)
    const visit = open()

    assert.equal(await visit.signInAs(ADA.email), undefined)

    const { id, email, name } = await visit.person()
    assert.deepEqual(
      [id, email, name],
      [sandbox.people.findByEmail(ADA.email).id, ADA.email, ADA.name],
    )
  })

  it('lets a new person in, into a sub-account of their own', async (t) => {
    const { open, sandbox } = await start(t, framework, { adapter: { autoCreateUser: true } })
    const visit = open()

    assert.equal(await visit.signInAs(NEWCOMER), undefined)

    assert.equal((await visit.person()).id, sandbox.people.findByEmail(NEWCOMER).id)
  })

  it('keeps the session under the token in the cookie until the cookie ends', async (t) => {
    const { open, sandbox, adapter } = await start(t, framework)
    const visit = open()
    await visit.signInAs(ADA.email)
    const { value, expires } = visit.sessionCookie

    const { session } = await adapter.getSessionAndUser(value)

    assert.equal(session.sessionToken, value)
    assert.equal(session.userId, sandbox.people.findByEmail(ADA.email).id)
    assert.ok(session.expires instanceof Date)
    // A cookie's date has whole seconds.
    assert.equal(Math.floor(session.expires / 1000), expires / 1000)
  })

  it('signs the same person in at as many browsers as they like', async (t) => {
    const { open } = await start(t, framework)
    const visits = [open(), open(), open()]
    for (const visit of visits) await visit.signInAs(ADA.email)

    const people = await Promise.all(visits.map((visit) => visit.person()))

    assert.deepEqual(
      people.map(({ email }) => email),
      visits.map(() => ADA.email),
    )
    assert.equal(new Set(visits.map((visit) => visit.sessionCookie.value)).size, visits.length)
  })

  it('adds a session when a person signs in again in the same browser', async (t) => {
    const { open, adapter } = await start(t, framework)
    const visit = open()
    await visit.signInAs(ADA.email)
    const earlier = visit.sessionCookie.value

    assert.equal(await visit.signInAs(ADA.email), undefined)

    assert.notEqual(visit.sessionCookie.value, earlier)
    assert.equal((await visit.person()).email, ADA.email)
    assert.equal((await adapter.getSessionAndUser(earlier)).user.email, ADA.email)
  })
}

function whatIsShownOfThem(framework) {
  it('gives the session callback the whole user, with a date for the proven address', async (t) => {
    const { open, sandbox, shown } = await start(t, framework, {
      adapter: { autoCreateUser: true },
    })
    const before = Date.now()
    const visit = open()
    await visit.signInAs(NEWCOMER)
    await visit.session()

    const user = shown.at(-1)

    const account = sandbox.people.findByEmail(NEWCOMER)
    assert.equal(user.id, account.id)
    assert.equal(user.email, NEWCOMER)
    assert.equal(user.createdAt, account.createdAt)
    assert.ok(user.emailVerified instanceof Date)
    assert.ok(user.emailVerified >= before && user.emailVerified <= Date.now())
  })

  it('shows a new name at once', async (t) => {
    const { open, sandbox, adapter } = await start(t, framework)
    const visit = open()
    await visit.signInAs(ADA.email)
    await visit.session()

    await adapter.updateUser({ id: sandbox.people.findByEmail(ADA.email).id, name: 'Countess' })

    assert.equal((await visit.person()).name, 'Countess')
  })
}

function howTheyAreProlonged(framework) {
  it('prolongs a session that is due, in the store and in the browser', async (t) => {
    const { open, adapter } = await start(t, framework, { session: { updateAge: 0 } })
    const visit = open()
    await visit.signInAs(ADA.email)
    const { value, expires } = visit.sessionCookie
    const before = (await adapter.getSessionAndUser(value)).session.expires
    await sleep(PAST_ITS_END)

    assert.equal((await visit.person()).email, ADA.email)

    const after = (await adapter.getSessionAndUser(value)).session.expires
    assert.ok(after - before >= PAST_ITS_END, `${before.toISOString()} to ${after.toISOString()}`)
    assert.equal(visit.sessionCookie.value, value)
    assert.ok(visit.sessionCookie.expires > expires)
  })

  it('keeps a person signed in who comes back before the session ends', async (t) => {
    const { open } = await start(t, framework, { session: { updateAge: 0, maxAge: SHORT } })
    const visit = open()
    await visit.signInAs(ADA.email)

    for (let visits = 0; visits < 4; visits += 1) {
      await sleep(PAST_ITS_END / 2)
      assert.equal((await visit.person())?.email, ADA.email)
    }
  })

  it('leaves a session alone that is not due', async (t) => {
    const { open, adapter } = await start(t, framework)
    const visit = open()
    await visit.signInAs(ADA.email)
    const before = await adapter.getSessionAndUser(visit.sessionCookie.value)

    await visit.session()

    const after = await adapter.getSessionAndUser(visit.sessionCookie.value)
    assert.deepEqual(after.session, before.session)
  })
}

function howTheyEnd(framework) {
  it('ends the session at sign-out, and no other', async (t) => {
    const { open, adapter } = await start(t, framework)
    const [here, elsewhere] = [open(), open()]
    await here.signInAs(ADA.email)
    await elsewhere.signInAs(ADA.email)
    const { value } = here.sessionCookie

    await here.signOut()

    assert.equal(here.sessionCookie, undefined)
    assert.equal(await here.person(), undefined)
    assert.equal(await adapter.getSessionAndUser(value), null)
    assert.equal((await elsewhere.person()).email, ADA.email)
  })

  it('refuses the cookie of a session that was signed out', async (t) => {
    const { open } = await start(t, framework)
    const visit = open()
    await visit.signInAs(ADA.email)
    const { value } = visit.sessionCookie
    await visit.signOut()

    visit.browser.setCookie(visit.sessionCookieName, value)

    assert.equal(await visit.person(), undefined)
    assert.equal(visit.sessionCookie, undefined)
  })

  it('signs a person out whose session has ended, even if the browser keeps the cookie', async (t) => {
    const { open, adapter } = await start(t, framework, { session: { maxAge: SHORT } })
    const visit = open()
    await visit.signInAs(ADA.email)
    const { value } = visit.sessionCookie
    await sleep(PAST_ITS_END)

    assert.equal(await adapter.getSessionAndUser(value), null)
    assert.equal(await visit.person(), undefined)
    assert.equal(visit.sessionCookie, undefined)
  })

  it('ends the session of the one before when somebody else signs in', async (t) => {
    const { open, adapter } = await start(t, framework)
    const visit = open()
    await visit.signInAs(ADA.email)
    const adas = visit.sessionCookie.value

    assert.equal(await visit.signInAs(BOB.email), undefined)

    assert.equal((await visit.person()).email, BOB.email)
    assert.equal(await adapter.getSessionAndUser(adas), null)
  })

  it('lets somebody in over the cookie of a session that is gone', async (t) => {
    const { open, adapter } = await start(t, framework)
    const visit = open()
    await visit.signInAs(ADA.email)
    await adapter.deleteSession(visit.sessionCookie.value)

    assert.equal(await visit.signInAs(BOB.email), undefined)

    assert.equal((await visit.person()).email, BOB.email)
  })
}

function whichCookiesAreRefused(framework) {
  it('signs nobody in with a made-up cookie, and removes it', async (t) => {
    const { open } = await start(t, framework)
    const visit = open()
    await open().signInAs(ADA.email)
    for (const value of ['nonsense', '*', 'a:b', '%00', 'x'.repeat(3_000)]) {
      visit.browser.setCookie(visit.sessionCookieName, value)

      assert.equal(await visit.person(), undefined)
      assert.equal(visit.sessionCookie, undefined, value.slice(0, 10))
    }
  })

  it('signs nobody in with what can be read in the store', async (t) => {
    const store = new Map()
    const { open } = await start(t, framework, {
      adapter: {
        store: {
          get: (key) => store.get(key),
          set: (key, value) => void store.set(key, value),
          del: (key) => void store.delete(key),
        },
      },
    })
    const visit = open()
    await visit.signInAs(ADA.email)
    const content = JSON.stringify([...store])
    assert.ok(!content.includes(visit.sessionCookie.value), 'the token is in the store')
    const thief = open()

    for (const word of new Set(content.match(/[\w+/=-]{16,}/g))) {
      thief.browser.setCookie(thief.sessionCookieName, word)
      assert.equal(await thief.person(), undefined, word)
    }
  })
}
