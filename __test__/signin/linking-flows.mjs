/** Accounts at providers that are added to a person who is signed in. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startOAuthProvider } from '../../testing/oauth-provider.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { FORGETFUL, startApplication } from './application.mjs'
import { accountAt, GRACE, STRATEGIES, startWithProvider } from './provider-application.mjs'

/** Ada as a provider knows her, under another address than here. */
const ADA_ELSEWHERE = { ...GRACE, sub: '1815', email: 'augusta@example.org' }

export function describeLinking(framework) {
  for (const strategy of STRATEGIES) {
    describe(`linking accounts with ${framework.name}, ${strategy} sessions`, () => {
      whatLinkingDoes(framework, strategy)
      whatIsNotLinked(framework, strategy)
    })
  }
}

function whatLinkingDoes(framework, strategy) {
  it('adds another way in to the person who is signed in', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy)
    provider.person = ADA_ELSEWHERE
    const before = sandbox.people.all().length
    const { id } = sandbox.people.findByEmail(ADA.email)
    const visit = open()
    await visit.signInAs(ADA.email)

    assert.equal(await visit.signInWith(provider), undefined)

    const [throughProvider, byCode] = [open(), open()]
    await throughProvider.signInWith(provider)
    await byCode.signInAs(ADA.email)
    for (const at of [visit, throughProvider, byCode]) {
      const { id: who, email, name } = await at.person()
      assert.deepEqual({ id: who, email, name }, { id, email: ADA.email, name: ADA.name })
    }
    assert.equal(sandbox.people.all().length, before)
  })

  it('changes nothing when the same account is linked again', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    provider.person = ADA_ELSEWHERE
    const visit = open()
    await visit.signInAs(ADA.email)
    await visit.signInWith(provider)
    const users = sandbox.people.all()
    const account = await adapter.getAccount(ADA_ELSEWHERE.sub, provider.id)

    assert.equal(await visit.signInWith(provider), undefined)

    assert.deepEqual(await adapter.getAccount(ADA_ELSEWHERE.sub, provider.id), account)
    assert.deepEqual(sandbox.people.all(), users)
  })

  it('links accounts at several providers to one person', async (t) => {
    const providers = [
      await startOAuthProvider({ id: 'one', person: ADA_ELSEWHERE }),
      await startOAuthProvider({ id: 'two', kind: 'oauth2', person: ADA_ELSEWHERE }),
    ]
    for (const provider of providers) t.after(() => provider.close())
    const { open, sandbox } = await startApplication(t, framework, {
      oauth: providers,
      session: { strategy },
    })
    const visit = open()
    await visit.signInAs(ADA.email)
    for (const provider of providers) assert.equal(await visit.signInWith(provider), undefined)

    for (const provider of providers) {
      const another = open()
      assert.equal(await another.signInWith(provider), undefined)
      assert.equal((await another.person()).id, sandbox.people.findByEmail(ADA.email).id)
    }
  })

  it('lets an unlinked account in no more', async (t) => {
    const { open, adapter, provider } = await startWithProvider(t, framework, strategy, {
      adapter: { autoCreateUser: false },
    })
    provider.person = ADA_ELSEWHERE
    const visit = open()
    await visit.signInAs(ADA.email)
    await visit.signInWith(provider)

    await adapter.unlinkAccount(accountAt(provider, ADA_ELSEWHERE))

    assert.equal(await open().signInWith(provider), framework.errors.refusedAtProvider)
    assert.equal(await visit.signInWith(provider), undefined, 'linked again')
    assert.equal(await open().signInWith(provider), undefined)
  })

  it('links by address alone when the application asks for that', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy, {
      oauthOptions: { allowDangerousEmailAccountLinking: true },
    })
    provider.person = { ...ADA_ELSEWHERE, email: ADA.email.toUpperCase() }
    const visit = open()

    assert.equal(await visit.signInWith(provider), undefined)

    assert.equal((await visit.person()).id, sandbox.people.findByEmail(ADA.email).id)
  })
}

function whatIsNotLinked(framework, strategy) {
  const { errors } = framework

  it("refuses to link another person's account", async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    await open().signInWith(provider)
    const users = sandbox.people.all()
    const visit = open()
    await visit.signInAs(ADA.email)

    assert.equal(await visit.signInWith(provider), errors.notLinked)

    assert.equal((await visit.person()).email, ADA.email, 'still signed in as herself')
    const owner = await adapter.getUserByAccount(accountAt(provider, GRACE))
    assert.equal(owner.email, GRACE.email)
    assert.deepEqual(sandbox.people.all(), users)
  })

  it('links an account to one person when two link it at once', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    const users = sandbox.people.all()
    const addresses = [ADA.email, BOB.email]
    const visits = [open(), open()]
    const callbacks = []
    for (const [i, visit] of visits.entries()) {
      await visit.signInAs(addresses[i])
      callbacks.push(await visit.answerOf(provider))
    }

    const results = await Promise.all(visits.map((visit, i) => visit.finish(callbacks[i])))

    assert.equal(results.filter((error) => error === undefined).length, 1, results.join())
    const owner = await adapter.getUserByAccount(accountAt(provider, GRACE))
    assert.equal(owner.email, addresses[results.indexOf(undefined)])
    assert.deepEqual(sandbox.people.all(), users)
  })

  it('links nothing after sign-out', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy)
    const visit = open()
    await visit.signInAs(ADA.email)
    await visit.signOut()

    assert.equal(await visit.signInWith(provider), undefined)

    assert.equal((await visit.person()).id, sandbox.people.findByEmail(GRACE.email).id)
  })

  // next-auth v4 takes a JWT for 15 s past its end (jwt/index.ts, clockTolerance).
  if (strategy === 'database') {
    it('links nothing to the person of a session that has ended', async (t) => {
      const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy, {
        session: { maxAge: 1 },
      })
      const visit = open()
      await visit.signInAs(ADA.email)
      await sleep(1_100)

      assert.equal(await visit.signInWith(provider), undefined)

      const owner = await adapter.getUserByAccount(accountAt(provider, GRACE))
      assert.equal(owner.id, sandbox.people.findByEmail(GRACE.email).id)
      assert.equal((await visit.person()).id, owner.id)
    })
  }

  it("links nothing when the Partner API is down, and does not make Ada's account new", async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy, {
      adapter: FORGETFUL,
    })
    provider.person = ADA_ELSEWHERE
    const visit = open()
    await visit.signInAs(ADA.email)
    const callback = await visit.answerOf(provider)
    const users = sandbox.people.all()
    const outage = sandbox.inject({ type: 'reset' })

    assert.equal(await visit.finish(callback), errors.apiDown)
    outage.remove()

    assert.equal(await adapter.getUserByAccount(accountAt(provider, ADA_ELSEWHERE)), null)
    assert.deepEqual(sandbox.people.all(), users)
    assert.equal(await visit.signInWith(provider), undefined, 'later it works')
    assert.equal((await visit.person()).email, ADA.email)
  })
}
