/** Where somebody is signed in, and ending that from another device. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { newAddress } from './world.mjs'

/** @param {() => object} setting `{ browser, world }` of the moment */
export function deviceFlows(setting) {
  const meet = (t) => setting().browser.person(t, setting().world)

  async function openDevices(person) {
    await person.open('/dashboard')
    await person.page.getByRole('link', { name: 'Where I am signed in' }).click()
    await person.sees('Where I am signed in')
    return person.page.locator('.sessions > li')
  }

  it('shows where somebody is signed in, and ends one of them', async (t) => {
    const email = newAddress()
    const [here, there, elsewhere] = [await meet(t), await meet(t), await meet(t)]
    for (const person of [there, elsewhere, here]) await person.signIn(email)

    const devices = await openDevices(here)
    assert.equal(await devices.count(), 3)
    assert.match(
      await devices.first().textContent(),
      /^Chrome on Linux \(this one\)Since .+ last seen/,
    )
    assert.equal(await devices.first().getByRole('button').count(), 0)

    await devices.nth(1).getByRole('button', { name: 'Sign out there' }).click()
    await here.page.locator('.sessions > li:nth-child(3)').waitFor({ state: 'detached' })
    const left = await Promise.all([there, elsewhere].map(isSignedIn))
    assert.deepEqual(left, [true, false])
  })

  it('ends all others, and not the one that asks', async (t) => {
    const email = newAddress()
    const [here, there] = [await meet(t), await meet(t)]
    for (const person of [there, here]) await person.signIn(email)

    await openDevices(here)
    await here.press('Sign out everywhere else')
    await here.page.locator('.sessions > li:nth-child(2)').waitFor({ state: 'detached' })

    assert.deepEqual(await Promise.all([here, there].map(isSignedIn)), [true, false])
  })
}

async function isSignedIn(person) {
  await person.open('/dashboard')
  const heading = person.page.getByRole('heading', { level: 1 })
  await heading.waitFor()
  return (await heading.textContent()).startsWith('Hello')
}
