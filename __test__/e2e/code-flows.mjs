/** Signing in with codes. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { otherThan } from '../../testing/records.mjs'
import { ADA, BOB, newAddress } from './world.mjs'

/** The default of the adapter's `codeAttempts`. */
const CODE_ATTEMPTS = 5

/** @param {() => object} setting `{ browser, world }` of the moment */
export function codeFlows(setting) {
  const meet = (t) => setting().browser.person(t, setting().world)

  it('gives a new person a sub-account, and the same one when they come again', async (t) => {
    const { sandbox } = setting().world
    const email = newAddress()
    const person = await meet(t)

    const id = await person.signIn(email)
    assert.equal(sandbox.users.findByEmail(email).id, id)
    assert.equal(await person.fact('Plan'), 'Free')
    await person.signOut()

    assert.equal(await person.signIn(email), id)
  })

  it('greets a known person and shows the sub-account that the API has', async (t) => {
    const { sandbox } = setting().world
    const person = await meet(t)

    const id = await person.signIn(ADA.email)

    assert.equal(id, sandbox.users.findByEmail(ADA.email).id)
    assert.equal(await person.page.locator('h1').textContent(), `Hello, ${ADA.name}`)
    assert.equal(await person.fact('Name'), ADA.name)
    assert.equal(await person.fact('Plan'), ADA.meta.plan)
  })

  it('takes an address in capitals and a code with spaces and capitals', async (t) => {
    const email = newAddress('linus')
    const person = await meet(t)
    await person.askForCode(` ${email.toUpperCase()} `)
    await person.sees('Enter your code')
    const code = await person.world.mailbox.codeFor(email)

    await person.enterCode(` ${code.slice(0, 3).toUpperCase()} ${code.slice(3).toUpperCase()} `)

    assert.equal(await person.accountId(), person.world.sandbox.users.findByEmail(email).id)
  })

  it('says in words that an address is none', async (t) => {
    const person = await meet(t)

    await person.askForCode('nobody')

    await person.isTold(/does not look like an e-mail address/)
    assert.equal(await person.page.getByLabel('E-mail address').inputValue(), 'nobody')
  })

  it('refuses a wrong code in words, and then takes the right one', async (t) => {
    const person = await meet(t)
    const code = await person.receiveCode(newAddress())

    await person.enterCode(otherThan(code))
    await person.isTold(/code is not right/)

    await person.enterCode(code)
    await person.accountId()
  })

  it('refuses the right code after five wrong ones, and takes a new one', async (t) => {
    const email = newAddress()
    const person = await meet(t)
    const code = await person.receiveCode(email)
    for (let attempt = 1; attempt <= CODE_ATTEMPTS; attempt += 1) {
      await person.enterCode(otherThan(code, attempt))
      await person.isTold(/code is not right/)
      await person.open('/signin/code')
    }

    await person.enterCode(code)
    await person.isTold(/no longer valid/)

    await person.page.getByRole('link', { name: /get a new code/ }).click()
    await person.sees('Sign in')
    await person.signIn(email)
  })

  it('refuses an expired code', async (t) => {
    const person = await meet(t)
    const server = await person.world.startServer({ CODE_LIFETIME: '1' })
    t.after(() => server.stop())
    person.moveTo(server)
    const code = await person.receiveCode(newAddress())
    await sleep(1_500)

    await person.enterCode(code)

    await person.isTold(/no longer valid/)
  })

  it("refuses somebody else's code, which goes on working for them", async (t) => {
    const [ada, bob] = [await meet(t), await meet(t)]
    const code = await ada.receiveCode(ADA.email)
    await bob.receiveCode(BOB.email)

    await bob.enterCode(code)
    await bob.isTold(/code is not right/)

    await ada.enterCode(code)
    assert.equal(await ada.accountId(), ada.world.sandbox.users.findByEmail(ADA.email).id)
  })

  it('says that it is our fault when the API does not answer', async (t) => {
    const person = await meet(t)
    const fault = person.world.sandbox.inject({ type: 'status', status: 503 })
    t.after(() => fault.remove())

    await person.askForCode(newAddress())

    await person.isTold(/went wrong on our side/)
  })

  it('says that no code could be sent when the mail service takes none', async (t) => {
    const person = await meet(t)
    t.after(person.world.mailbox.breakDown())

    await person.askForCode(newAddress())

    await person.isTold(/No code could be sent/)
  })
}
