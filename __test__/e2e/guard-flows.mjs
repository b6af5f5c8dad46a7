/** What people see who ask too often, with the limits that the package has by itself. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { newAddress } from './world.mjs'

/** What the browser itself writes to the console, whatever the page makes of it. */
const STATUS = /^Failed to load resource: .* status of 429/

/** @param {() => object} setting `{ browser, world }` of the moment */
export function guardFlows(setting) {
  it('sends no second code at once, in words, and the first one works', async (t) => {
    const email = newAddress()
    const { browser, world } = setting()
    const person = await browser.person(t, world, { excused: [STATUS] })
    const server = await person.world.startServer({ RATE_LIMITS: '', TRUSTED_PROXIES: '1' })
    t.after(() => server.stop())
    person.moveTo(server)
    const code = await person.receiveCode(email)

    await person.askForCode(email.toUpperCase())
    await person.isTold(/too often/)
    // The first one was taken out.
    const mails = person.world.mailbox.messages.filter(({ to }) => to === email)
    assert.deepEqual(mails, [])

    await person.open('/signin/code')
    await person.enterCode(code)
    await person.accountId()
  })
}
