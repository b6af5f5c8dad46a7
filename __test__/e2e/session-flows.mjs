/** Tabs, the back button, signing out, deletion, the keyboard. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { newAddress } from './world.mjs'

/** @param {() => object} setting `{ browser, world }` of the moment */
export function sessionFlows(setting) {
  const meet = (t) => setting().browser.person(t, setting().world)

  it('signs in by keyboard alone', async (t) => {
    const email = newAddress()
    const person = await meet(t)
    const { keyboard } = person.page
    await person.open('/signin')
    await person.isReady()

    await keyboard.type(email)
    await keyboard.press('Enter')
    await person.sees('Enter your code')
    await keyboard.type(await person.world.mailbox.codeFor(email))
    await keyboard.press('Enter')

    await person.accountId()
  })

  it('goes on in a second tab, and both tabs are signed in and out together', async (t) => {
    const email = newAddress()
    const first = await meet(t)
    const code = await first.receiveCode(email)
    const second = await first.newTab()

    await second.open('/signin/code')
    await second.enterCode(code)
    const id = await second.accountId()
    await first.page.reload()
    assert.equal(await first.accountId(), id)

    await second.signOut()
    await first.page.reload()
    await first.sees('Sign in')
  })

  it('survives the back button, during a sign-in and after it', async (t) => {
    const email = newAddress()
    const person = await meet(t)
    const code = await person.receiveCode(email)
    await person.page.goBack()
    await person.sees('Sign in')
    await person.page.goForward()
    await person.sees('Enter your code')

    await person.enterCode(code)
    const id = await person.accountId()
    await person.page.goBack({ waitUntil: 'networkidle' })
    await person.open('/signin/code')

    assert.equal(await person.accountId(), id)
  })

  it('shows nothing of the account to the back button after signing out', async (t) => {
    const email = newAddress()
    const person = await meet(t)
    await person.signIn(email)
    await person.signOut()

    await person.page.goBack()

    await person.page.getByRole('heading', { name: /^(Sign in|Enter your code)$/ }).waitFor()
    await person.open('/dashboard')
    await person.sees('Sign in')
  })

  it('deletes an account behind a confirmation, and signs it out everywhere', async (t) => {
    const { sandbox } = setting().world
    const email = newAddress()
    const [here, elsewhere] = [await meet(t), await meet(t)]
    const id = await here.signIn(email)
    assert.equal(await elsewhere.signIn(email), id)

    await here.open('/account/delete')
    await here.press('Delete everything')
    await here.page.waitForTimeout(300)
    assert.ok(sandbox.users.get(id), 'nothing is deleted without the confirmation')
    await here.open('/dashboard')
    await here.deleteAccount()

    assert.equal(sandbox.users.findByEmail(email), null)
    await elsewhere.open('/dashboard')
    await elsewhere.sees('Sign in')
    assert.notEqual(await here.signIn(email), id)
  })
}
