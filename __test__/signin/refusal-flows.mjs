/** People who come from a provider and are not let in. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ADA } from '../../testing/people.mjs'
import { accountAt, GRACE, STRATEGIES, startWithProvider } from './provider-application.mjs'

export function describeRefusals(framework) {
  for (const strategy of STRATEGIES) {
    describe(`being refused at a provider with ${framework.name}, ${strategy} sessions`, () => {
      whoIsRefused(framework, strategy)
    })
  }
}

function whoIsRefused(framework, strategy) {
  const { errors } = framework

  /** Somebody who comes from the provider. */
  async function start(t, person = GRACE, options = {}) {
    const application = await startWithProvider(t, framework, strategy, options)
    const { adapter, sandbox, provider, open } = application
    provider.person = person
    const before = sandbox.people.all()
    return {
      ...application,
      visit: open(),
      /** Nobody is signed in, no sub-account is changed, and the account is nobody's. */
      async assertNothingHappened(visit) {
        assert.equal(await visit.person(), undefined)
        assert.deepEqual(sandbox.people.all(), before)
        assert.equal(await adapter.getUserByAccount(accountAt(provider, GRACE)), null)
      },
    }
  }

  for (const email of [ADA.email, 'ADA@Example.com']) {
    it(`refuses somebody who claims the address of another person, ${email}`, async (t) => {
      const { open, visit, provider, ...site } = await start(t, { ...GRACE, email })

      assert.equal(await visit.signInWith(provider), errors.notLinked)

      await site.assertNothingHappened(visit)
      assert.equal(await open().signInAs(ADA.email), undefined, 'ada still signs in')
    })
  }

  it('refuses a person without a sub-account when none may be made', async (t) => {
    const options = { adapter: { autoCreateUser: false } }
    const { visit, provider, complaints, ...site } = await start(t, GRACE, options)

    assert.equal(await visit.signInWith(provider), errors.refusedAtProvider)

    await site.assertNothingHappened(visit)
    assert.equal(complaints.at(-1).code, 'ERR_CREATE_DISABLED')
  })

  it('gives an address that two people claim at once to one of them', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    const before = sandbox.people.all().length
    const people = ['1', '2', '3'].map((sub) => ({ ...GRACE, sub }))
    const visits = people.map(() => open())
    const callbacks = []
    for (const [i, visit] of visits.entries()) {
      provider.person = people[i]
      callbacks.push(await visit.answerOf(provider))
    }

    const results = await Promise.all(visits.map((visit, i) => visit.finish(callbacks[i])))

    assert.equal(results.filter((error) => error === undefined).length, 1, results.join())
    assert.equal(sandbox.people.all().length, before + 1)
    for (const [i, person] of people.entries()) {
      const owner = await adapter.getUserByAccount(accountAt(provider, person))
      const isIn = results[i] === undefined
      assert.equal(owner?.email, isIn ? GRACE.email : undefined)
      assert.equal((await visits[i].person())?.email, isIn ? GRACE.email : undefined)
    }
  })

  for (const email of [undefined, null, '']) {
    it(`refuses a person whose address is ${JSON.stringify(email)}, and says why`, async (t) => {
      const person = { ...GRACE, email }
      const { visit, provider, complaints, ...site } = await start(t, person)

      assert.equal(await visit.signInWith(provider), errors.refusedAtProvider)

      await site.assertNothingHappened(visit)
      assert.equal(complaints.at(-1).operation, 'createUser')
      assert.match(complaints.at(-1).message, /e-?mail/i)
    })
  }

  it('lets nobody in who declines at the provider', async (t) => {
    const { visit, provider, ...site } = await start(t, null)

    assert.equal(await visit.signInWith(provider), errors.declined)

    await site.assertNothingHappened(visit)
  })

  it("lets nobody in with the answer to somebody else's request", async (t) => {
    const { open, visit: victim, provider, ...site } = await start(t)
    const callback = await open().answerOf(provider)
    await victim.answerOf(provider)

    assert.equal(await victim.finish(callback), errors.forged)

    await site.assertNothingHappened(victim)
  })
}
