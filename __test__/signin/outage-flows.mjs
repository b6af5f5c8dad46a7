/** What people notice of an outage of the Partner API, and what a session costs it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { calls } from '../../testing/adapter.mjs'
import { ADA, UNPROVEN } from '../../testing/people.mjs'
import { FORGETFUL, startApplication } from './application.mjs'
import { GRACE, startWithProvider } from './provider-application.mjs'

const NEWCOMER = 'grace@example.com'

/** The most requests to the Partner API that each step may cost. */
const BUDGET = {
  'e-mail sign-in, known person': 2,
  'e-mail sign-in, new person': 4,
  'OAuth sign-in, new person': 4,
  'OAuth sign-in, linked person': 2,
  'linking while signed in': 2,
  'first session read': 1,
  'ten more session reads': 0,
  'session prolonged': 0,
  'sign-out': 0,
}

/** ms. Steps are counted with nothing left of the step before but what the store keeps. */
const CACHE = 100

const start = (t, framework, options) =>
  startApplication(t, framework, { ...options, session: { strategy: 'database' } })

export function describeOutages(framework) {
  describe(`the Partner API behind sessions with ${framework.name}`, () => {
    whatAnOutageDoes(framework)
    whatAnOutageOfWritesDoes(framework)
    whatEachStepCosts(framework)
  })
}

function whatAnOutageDoes(framework) {
  it('keeps people signed in through an outage while they are remembered', async (t) => {
    const { open, sandbox } = await start(t, framework, { adapter: { cacheTtl: 0 } })
    const visit = open()
    await visit.signInAs(ADA.email)
    await visit.session()

    sandbox.inject({ type: 'reset' })

    assert.equal((await visit.person()).email, ADA.email)
  })

  it('keeps the cookie when it cannot tell whose it is, for after the outage', async (t) => {
    const { open, sandbox } = await start(t, framework, { adapter: FORGETFUL })
    const visit = open()
    await visit.signInAs(ADA.email)
    await sleep(5)
    const outage = sandbox.inject({ type: 'status', status: 503 })

    assert.equal(await visit.person(), undefined)
    assert.ok(visit.sessionCookie)
    outage.remove()

    assert.equal((await visit.person()).email, ADA.email)
  })

  const gateways = {
    'has no routes at all': () => true,
    'no longer has the routes it had': ({ generation }) => generation === 'partner',
  }
  for (const [what, match] of Object.entries(gateways)) {
    // A page that says 404 is a gateway's. The API says so in JSON, with its code NOT_FOUND.
    it(`forgets nobody when the gateway in front of the API ${what}`, async (t) => {
      const { open, sandbox, provider } = await startWithProvider(t, framework, 'database', {
        adapter: FORGETFUL,
      })
      const visit = open()
      await visit.signInWith(provider)
      const { id } = sandbox.people.findByEmail(GRACE.email)
      const outage = sandbox.inject({ type: 'html', status: 404, match })

      await visit.session()
      await open().signInWith(provider)
      outage.remove()

      assert.equal((await visit.person())?.id, id, 'the session is kept')
      const later = open()
      assert.equal(await later.signInWith(provider), undefined)
      assert.equal((await later.person()).id, id, 'the account is still linked')
    })
  }

  it('signs people out while the Partner API is down', async (t) => {
    const { open, sandbox, adapter } = await start(t, framework, { adapter: FORGETFUL })
    const visit = open()
    await visit.signInAs(ADA.email)
    const { value } = visit.sessionCookie
    await sleep(5)
    const outage = sandbox.inject({ type: 'reset' })

    await visit.signOut()

    outage.remove()
    assert.equal(visit.sessionCookie, undefined)
    assert.equal(await adapter.getSessionAndUser(value), null)
  })
}

/** What the API does to writes while it still answers look-ups. */
const REFUSED_WRITES = {
  'is out of order': { type: 'status', status: 503 },
  'takes no more requests': { type: 'status', status: 429 },
  'has no room in the plan': { type: 'status', status: 429, code: 'LIMITS_REACHED' },
  'breaks the connection off': { type: 'reset' },
  'fails late': { type: 'error200' },
}

function whatAnOutageOfWritesDoes(framework) {
  for (const [what, fault] of Object.entries(REFUSED_WRITES)) {
    const whom = {
      'somebody new': { email: NEWCOMER, route: 'create', users: [] },
      'somebody whose proof is to be written': {
        email: UNPROVEN.email,
        route: 'update',
        users: [UNPROVEN],
      },
    }
    for (const [who, { email, route, users }] of Object.entries(whom)) {
      it(`lets ${who} in with the same code after the API ${what}`, async (t) => {
        const { open, sandbox } = await start(t, framework, { adapter: { autoCreateUser: true } })
        for (const user of users) sandbox.people.add(user)
        const visit = open()
        const code = await visit.askForCode(email)
        const outage = sandbox.inject({ ...fault, route })
        for (let attempt = 0; attempt < 2; attempt += 1) {
          assert.ok(await visit.redeem(email, code))
          assert.equal(await visit.person(), undefined)
        }
        assert.equal(outage.hits, 2)
        outage.remove()

        assert.equal(await visit.redeem(email, code), undefined)
        assert.equal((await visit.person()).email, email)

        const other = open()
        assert.equal(await other.redeem(email, code), 'Verification')
        assert.equal(await other.person(), undefined)
      })
    }
  }

  it('locks nobody out of a provider whose sub-account was made while the API broke down', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, 'database')
    const before = sandbox.people.all().length
    let isMade = false
    const outage = sandbox.inject({
      ...{ type: 'status', status: 503 },
      match({ route }) {
        if (route === 'create') isMade = true
        return isMade && route !== 'create'
      },
    })
    const visit = open()
    assert.ok(await visit.signInWith(provider))
    assert.equal(sandbox.people.all().length, before + 1)
    outage.remove()

    assert.equal(await visit.signInWith(provider), undefined)

    const { id } = sandbox.people.findByEmail(GRACE.email)
    assert.equal((await visit.person()).id, id)
    assert.equal(sandbox.people.all().length, before + 1)
    const again = open()
    assert.equal(await again.signInWith(provider), undefined)
    assert.equal((await again.person()).id, id)
  })
}

function whatEachStepCosts(framework) {
  it('costs few requests to sign in, and none to read a session', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, 'database', {
      adapter: { cacheTtl: CACHE },
      session: { updateAge: 0 },
    })
    const count = counter(t, sandbox)
    const visit = open()
    await count('e-mail sign-in, known person', () => visit.signInAs(ADA.email))
    await count('first session read', () => visit.session())
    await count('ten more session reads', async () => {
      for (let reads = 0; reads < 10; reads += 1) {
        assert.equal((await visit.person()).email, ADA.email)
      }
    })
    const { expires } = visit.sessionCookie
    await sleep(1_000)
    await count('session prolonged', () => visit.session())
    assert.ok(visit.sessionCookie.expires > expires)
    await count('linking while signed in', () => visit.signInWith(provider))
    await count('sign-out', () => visit.signOut())
    await count('OAuth sign-in, linked person', () => open().signInWith(provider))

    provider.person = { ...GRACE, sub: 'somebody else', email: 'margaret@example.com' }
    await count('OAuth sign-in, new person', () => open().signInWith(provider))
    await count('e-mail sign-in, new person', () => open().signInAs(NEWCOMER))
  })

  it('costs no request to read a session while the store remembers the person', async (t) => {
    const { open, sandbox } = await start(t, framework, { adapter: { cacheTtl: 0 } })
    const visit = open()
    await visit.signInAs(ADA.email)
    await visit.session()
    sandbox.clearRequests()

    for (let reads = 0; reads < 10; reads += 1) {
      assert.equal((await visit.person()).email, ADA.email)
    }

    assert.equal(sandbox.requests.length, 0)
  })

  it('costs one request to read a session once the person is no longer remembered', async (t) => {
    const { open, sandbox } = await start(t, framework, { adapter: FORGETFUL })
    const visit = open()
    await visit.signInAs(ADA.email)
    await sleep(5)
    sandbox.clearRequests()

    assert.equal((await visit.person()).email, ADA.email)

    assert.equal(sandbox.requests.length, 1)
  })
}

function counter(t, sandbox) {
  return async (step, take) => {
    await sleep(CACHE + 20)
    sandbox.clearRequests()
    const error = await take()
    const routes = calls(sandbox)
    t.diagnostic(`${step}: ${routes.length} ${routes.length > 0 ? `(${routes.join(', ')})` : ''}`)
    if (typeof error === 'string') assert.fail(`${step}: ${error}`)
    assert.ok(routes.length <= BUDGET[step], `${step}: ${routes.join(', ')}`)
  }
}
