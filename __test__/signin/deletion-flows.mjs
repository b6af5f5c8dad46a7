/** People whose sub-account is deleted. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { removeAtTheApi } from '../../testing/directories.mjs'
import { ADA } from '../../testing/people.mjs'
import { FORGETFUL } from './application.mjs'
import { accountAt, GRACE, STRATEGIES, startWithProvider } from './provider-application.mjs'

const start = (t, framework, strategy, adapter) =>
  startWithProvider(t, framework, strategy, { adapter: { autoDeleteUser: true, ...adapter } })

export function describeDeletion(framework) {
  for (const strategy of STRATEGIES) {
    describe(`deleting people with ${framework.name}, ${strategy} sessions`, () => {
      comingBack(framework, strategy)
      if (strategy === 'database') beingSignedOut(framework, strategy)
    })
  }
}

function comingBack(framework, strategy) {
  it('gives a deleted person a new sub-account when they come from the provider again', async (t) => {
    const { open, sandbox, adapter, provider } = await start(t, framework, strategy)
    await open().signInWith(provider)
    const { id } = sandbox.people.findByEmail(GRACE.email)

    await adapter.deleteUser(id)

    assert.equal(await adapter.getUserByAccount(accountAt(provider, GRACE)), null)
    const visit = open()
    assert.equal(await visit.signInWith(provider), undefined)
    assert.notEqual((await visit.person()).id, id)
    assert.equal((await visit.person()).id, sandbox.people.findByEmail(GRACE.email).id)
  })

  it('gives a person a new sub-account whose own was deleted at the API', async (t) => {
    const { open, sandbox, provider } = await start(t, framework, strategy, FORGETFUL)
    await open().signInWith(provider)
    const { id } = sandbox.people.findByEmail(GRACE.email)

    await removeAtTheApi(sandbox, id)

    for (const visit of [open(), open()]) {
      assert.equal(await visit.signInWith(provider), undefined)
      assert.notEqual((await visit.person()).id, id)
      assert.equal((await visit.person()).id, sandbox.people.findByEmail(GRACE.email).id)
    }
  })

  it("links nothing to a deleted person, whatever the browser's cookie says", async (t) => {
    const { open, sandbox, adapter, provider } = await start(t, framework, strategy)
    const { id } = sandbox.people.findByEmail(ADA.email)
    const visit = open()
    await visit.signInAs(ADA.email)

    await adapter.deleteUser(id)

    assert.equal(await visit.signInWith(provider), undefined)
    const { id: now } = sandbox.people.findByEmail(GRACE.email)
    assert.equal((await adapter.getUserByAccount(accountAt(provider, GRACE))).id, now)
    assert.equal((await visit.person()).id, now)
  })

  it('refuses the code of a deleted person when no sub-account may be made', async (t) => {
    const { open, sandbox, adapter } = await start(t, framework, strategy, {
      autoCreateUser: false,
    })
    const visit = open()
    const code = await visit.askForCode(ADA.email)

    await adapter.deleteUser(sandbox.people.findByEmail(ADA.email).id)

    assert.ok(await visit.redeem(ADA.email, code))
    assert.equal(await visit.person(), undefined)
    assert.equal(sandbox.people.findByEmail(ADA.email), null)
  })
}

function beingSignedOut(framework, strategy) {
  it('signs a deleted person out in every browser', async (t) => {
    const { open, sandbox, adapter, provider } = await start(t, framework, strategy)
    const visits = [open(), open(), open()]
    for (const visit of visits) {
      await visit.signInWith(provider)
      await visit.session()
    }
    const bystander = open()
    await bystander.signInAs(ADA.email)
    const tokens = visits.map((visit) => visit.sessionCookie.value)

    await adapter.deleteUser(sandbox.people.findByEmail(GRACE.email).id)

    for (const visit of visits) {
      assert.equal(await visit.person(), undefined)
      assert.equal(visit.sessionCookie, undefined)
    }
    for (const token of tokens) assert.equal(await adapter.getSessionAndUser(token), null)
    assert.equal((await bystander.person()).email, ADA.email)
  })

  it('does not revive the sessions of a deleted person who comes back', async (t) => {
    const { open, sandbox, adapter, provider } = await start(t, framework, strategy)
    const visit = open()
    await visit.signInWith(provider)
    const { value } = visit.sessionCookie
    await adapter.deleteUser(sandbox.people.findByEmail(GRACE.email).id)

    await open().signInWith(provider)

    assert.equal(await adapter.getSessionAndUser(value), null)
    assert.equal(await visit.person(), undefined)
  })

  it('signs a person out who was deleted at the API once they are no longer remembered', async (t) => {
    const { open, sandbox } = await start(t, framework, strategy, FORGETFUL)
    const visit = open()
    await visit.signInAs(ADA.email)

    await removeAtTheApi(sandbox, sandbox.people.findByEmail(ADA.email).id)
    await sleep(5)

    assert.equal(await visit.person(), undefined)
    assert.equal(visit.sessionCookie, undefined)
  })
}
