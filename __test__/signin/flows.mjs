/**
 * Sign-ins that every supported framework must get right, over HTTP, as people and attackers do them.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { calls } from '../../testing/adapter.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { otherThan } from '../../testing/records.mjs'
import { startApplication } from './application.mjs'

const NEWCOMER = 'grace@example.com'

/** The default of the adapter's `codeAttempts`. */
const CODE_ATTEMPTS = 5

/** @param {{ name: string, basePath: string, start: Function, errors: Record<string, string> }} framework */
export function describeSignIn(framework) {
  const { errors } = framework

  describe(`signing in with ${framework.name}`, () => {
    whoComesIn(framework, errors)
    whichCodesWork(framework, errors)
    whatItCosts(framework, errors)
  })
}

function whoComesIn(framework, errors) {
  it('lets an existing person in as themselves', async (t) => {
    const { open, sandbox } = await startApplication(t, framework)
    const visit = open()

    assert.equal(await visit.signInAs(ADA.email), undefined)

    const account = sandbox.people.findByEmail(ADA.email)
    const { id, email, name } = await visit.person()
    assert.deepEqual({ id, email, name }, { id: account.id, email: ADA.email, name: ADA.name })
    assert.equal(account.name, ADA.name)
  })

  it('gives a new person a sub-account of their own', async (t) => {
    const { open, sandbox } = await startApplication(t, framework, {
      adapter: { autoCreateUser: true },
    })
    const before = sandbox.people.all().length
    const visit = open()

    assert.equal(await visit.signInAs(NEWCOMER), undefined)

    const account = sandbox.people.findByEmail(NEWCOMER)
    assert.equal((await visit.person()).id, account.id)
    assert.equal(sandbox.people.all().length, before + 1)
  })

  it('brings a new person back to the same sub-account', async (t) => {
    const { open, sandbox } = await startApplication(t, framework, {
      adapter: { autoCreateUser: true },
    })
    await open().signInAs(NEWCOMER)
    const { id } = sandbox.people.findByEmail(NEWCOMER)
    const later = open()

    assert.equal(await later.signInAs(NEWCOMER), undefined)

    assert.equal((await later.person()).id, id)
  })

  it('refuses a person without a sub-account and makes none', async (t) => {
    const { open, sandbox } = await startApplication(t, framework)
    const before = sandbox.people.all().length
    const visit = open()

    assert.equal(await visit.signInAs(NEWCOMER), errors.refusedPerson)

    assert.equal(await visit.person(), undefined)
    assert.equal(sandbox.people.all().length, before)
  })

  it('answers a known and an unknown address alike', async (t) => {
    const { open } = await startApplication(t, framework)
    const known = open()
    const unknown = open()

    await known.askForCode(ADA.email)
    await unknown.askForCode(NEWCOMER)

    assert.equal(known.answer.url.href, unknown.answer.url.href)
    assert.equal(known.answer.text, unknown.answer.text)
  })

  it('sends no code without the CSRF token', async (t) => {
    const { open, codes } = await startApplication(t, framework)
    const { browser, basePath } = open()

    await browser.open(`${basePath}/signin/email`, {
      method: 'POST',
      body: new URLSearchParams({ email: ADA.email }),
    })

    assert.equal(codes.size, 0)
  })

  for (const [what, repeated] of [
    ['finds the same person when the address is typed in capitals', ADA.email],
    // https://github.com/nextauthjs/next-auth/issues/4716
    ['takes the code when the code form repeats the address in capitals', 'Ada@Example.COM'],
  ]) {
    it(what, async (t) => {
      const options = { adapter: { autoCreateUser: true } }
      const { open, sandbox } = await startApplication(t, framework, options)
      const before = sandbox.people.all().length
      const visit = open()
      const code = await visit.askForCode('Ada@Example.COM')

      assert.equal(await visit.redeem(repeated, code), undefined)

      assert.equal((await visit.person()).id, sandbox.people.findByEmail(ADA.email).id)
      assert.equal(sandbox.people.all().length, before)
    })
  }
}

function whichCodesWork(framework, errors) {
  it('refuses a wrong code and still takes the right one', async (t) => {
    const { open } = await startApplication(t, framework)
    const visit = open()
    const code = await visit.askForCode(ADA.email)

    assert.equal(await visit.redeem(ADA.email, otherThan(code)), errors.wrongCode)
    assert.equal(await visit.person(), undefined)

    assert.equal(await visit.redeem(ADA.email, code), undefined)
    assert.equal((await visit.person()).email, ADA.email)
  })

  it('takes a code once', async (t) => {
    const { open } = await startApplication(t, framework)
    const visit = open()
    const code = await visit.askForCode(ADA.email)
    await visit.redeem(ADA.email, code)
    const another = open()

    assert.equal(await another.redeem(ADA.email, code), errors.wrongCode)

    assert.equal(await another.person(), undefined)
  })

  it('lets one of many simultaneous uses of a code in', async (t) => {
    const { open } = await startApplication(t, framework)
    const code = await open().askForCode(ADA.email)
    const visits = Array.from({ length: 8 }, open)

    const results = await Promise.all(visits.map((visit) => visit.redeem(ADA.email, code)))

    assert.equal(results.filter((error) => error === undefined).length, 1)
  })

  it('refuses an expired code', async (t) => {
    const { open } = await startApplication(t, framework, { provider: { maxAge: 1 } })
    const visit = open()
    const code = await visit.askForCode(ADA.email)
    await sleep(1_100)

    assert.equal(await visit.redeem(ADA.email, code), errors.wrongCode)

    assert.equal(await visit.person(), undefined)
  })

  it("refuses another person's code for one's own address, and the reverse", async (t) => {
    const { open } = await startApplication(t, framework)
    const visit = open()
    const adas = await visit.askForCode(ADA.email)
    const bobs = await visit.askForCode(BOB.email)

    assert.equal(await visit.redeem(BOB.email, adas), errors.wrongCode)
    assert.equal(await visit.redeem(ADA.email, bobs), errors.wrongCode)
    assert.equal(await visit.person(), undefined)

    assert.equal(await open().redeem(ADA.email, adas), undefined, "ada's code still works for ada")
    assert.equal(await open().redeem(BOB.email, bobs), undefined, "bob's code still works for bob")
  })

  it(`voids the right code after ${CODE_ATTEMPTS} wrong ones`, async (t) => {
    const { open } = await startApplication(t, framework)
    const visit = open()
    const code = await visit.askForCode(ADA.email)
    for (let shift = 1; shift <= CODE_ATTEMPTS; shift += 1) {
      await visit.redeem(ADA.email, otherThan(code, shift))
    }

    assert.equal(await visit.redeem(ADA.email, code), errors.wrongCode)
    assert.equal(await visit.person(), undefined)

    assert.equal(await visit.signInAs(ADA.email), undefined, 'a new code works')
  })
}

function whatItCosts(framework, errors) {
  it('keeps the code when the API is down while it is redeemed', async (t) => {
    const { open, sandbox } = await startApplication(t, framework)
    const visit = open()
    const code = await visit.askForCode(ADA.email)
    const outage = sandbox.inject({ type: 'status', status: 500 })

    assert.equal(await visit.redeem(ADA.email, code), errors.apiDown)
    assert.equal(await visit.person(), undefined)
    outage.remove()

    assert.equal(await visit.redeem(ADA.email, code), undefined)
    assert.equal((await visit.person()).email, ADA.email)
  })

  it('costs a known person at most two requests to the Partner API', async (t) => {
    const { open, sandbox } = await startApplication(t, framework)
    sandbox.clearRequests()

    await open().signInAs(ADA.email)

    assert.ok(sandbox.requests.length <= 2, calls(sandbox).join())
  })

  it('costs a new person at most four requests to the Partner API', async (t) => {
    const { open, sandbox } = await startApplication(t, framework, {
      adapter: { autoCreateUser: true },
    })
    sandbox.clearRequests()

    await open().signInAs(NEWCOMER)

    assert.ok(sandbox.requests.length <= 4, calls(sandbox).join())
  })
}
