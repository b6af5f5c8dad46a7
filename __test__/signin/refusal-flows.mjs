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

  /** Nobody is signed in, no sub-account is changed, and the account is nobody's. */
  async function assertNothingHappened({ adapter, sandbox, provider }, visit, usersBefore) {
    assert.equal(await visit.person(), undefined)
    assert.deepEqual(sandbox.users.all(), usersBefore)
    assert.equal(await adapter.getUserByAccount(accountAt(provider, GRACE)), null)
  }

  for (const email of [ADA.email, 'ADA@Example.com']) {
    it(`refuses somebody who claims the address of another person, ${email}`, async (t) => {
      const application = await startWithProvider(t, framework, strategy)
      const { open, sandbox, provider } = application
      provider.person = { ...GRACE, email }
      const before = sandbox.users.all()
      const visit = open()

      assert.equal(await visit.signInWith(provider), errors.notLinked)

      await assertNothingHappened(application, visit, before)
      assert.equal(await open().signInAs(ADA.email), undefined, 'ada still signs in')
    })
  }

  it('refuses a person without a sub-account when none may be made', async (t) => {
    const application = await startWithProvider(t, framework, strategy, {
      adapter: { autoCreateUser: false },
    })
    const { open, sandbox, provider, complaints } = application
    const before = sandbox.users.all()
    const visit = open()

    assert.equal(await visit.signInWith(provider), errors.refusedAtProvider)

    await assertNothingHappened(application, visit, before)
    assert.equal(complaints.at(-1).code, 'ERR_CREATE_DISABLED')
  })

  it('gives an address that two people claim at once to one of them', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    const before = sandbox.users.all().length
    const people = ['1', '2', '3'].map((sub) => ({ ...GRACE, sub }))
    const visits = people.map(() => open())
    const callbacks = []
    for (const [i, visit] of visits.entries()) {
      provider.person = people[i]
      callbacks.push(await visit.answerOf(provider))
    }

    const results = await Promise.all(visits.map((visit, i) => visit.finish(callbacks[i])))

    assert.equal(results.filter((error) => error === undefined).length, 1, results.join())
    assert.equal(sandbox.users.all().length, before + 1)
    for (const [i, person] of people.entries()) {
      const owner = await adapter.getUserByAccount(accountAt(provider, person))
      const isIn = results[i] === undefined
      assert.equal(owner?.email, isIn ? GRACE.email : undefined)
      assert.equal((await visits[i].person())?.email, isIn ? GRACE.email : undefined)
    }
  })

  for (const email of [undefined, null, '']) {
    it(`refuses a person whose address is ${JSON.stringify(email)}, and says why`, async (t) => {
      const application = await startWithProvider(t, framework, strategy)
      const { open, sandbox, provider, complaints } = application
      provider.person = { ...GRACE, email }
      const before = sandbox.users.all()
      const visit = open()

      assert.equal(await visit.signInWith(provider), errors.refusedAtProvider)

      await assertNothingHappened(application, visit, before)
      assert.equal(complaints.at(-1).operation, 'createUser')
      assert.match(complaints.at(-1).message, /e-?mail/i)
    })
  }

  it('lets nobody in who declines at the provider', async (t) => {
    const application = await startWithProvider(t, framework, strategy)
    const { open, sandbox, provider } = application
    provider.person = null
    const before = sandbox.users.all()
    const visit = open()

    assert.equal(await visit.signInWith(provider), errors.declined)

    await assertNothingHappened(application, visit, before)
  })

  it("lets nobody in with the answer to somebody else's request", async (t) => {
    const application = await startWithProvider(t, framework, strategy)
    const { open, sandbox, provider } = application
    const before = sandbox.users.all()
    const callback = await open().answerOf(provider)
    const victim = open()
    await victim.answerOf(provider)

    assert.equal(await victim.finish(callback), errors.forged)

    await assertNothingHappened(application, victim, before)
  })
}
