/** Signing in at a provider, and linking one. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { newAddress } from './world.mjs'

/** Somebody the provider knows. */
function personAtProvider(email) {
  return { sub: `sub|${email}`, email, email_verified: true, name: 'Grace Hopper' }
}

/** @param {() => object} setting `{ browser, world }` of the moment */
export function oauthFlows(setting) {
  const meet = (t) => setting().browser.person(t, setting().world)

  it('signs a person in at a provider, and finds them again', async (t) => {
    const { provider, sandbox } = setting().world
    const email = newAddress()
    provider.person = personAtProvider(email)
    const person = await meet(t)

    await person.open('/signin')
    await person.press('Continue with Example')
    const id = await person.accountId()
    assert.equal(sandbox.users.findByEmail(email).id, id)
    await person.signOut()

    await person.press('Continue with Example')
    assert.equal(await person.accountId(), id)
  })

  it('links a provider to whoever is signed in, who may come in either way from then on', async (t) => {
    const { provider } = setting().world
    const person = await meet(t)
    const id = await person.signIn(newAddress())
    provider.person = personAtProvider(newAddress('work'))

    await person.press('Connect Example')
    await person.page.getByRole('status').getByText('Example is connected.').waitFor()
    await person.signOut()
    await person.press('Continue with Example')

    assert.equal(await person.accountId(), id)
  })

  it('does not hand an account to a provider that only names its address', async (t) => {
    const { provider } = setting().world
    const email = newAddress()
    const owner = await meet(t)
    await owner.signIn(email)
    provider.person = personAtProvider(email)
    const stranger = await meet(t)

    await stranger.open('/signin')
    await stranger.press('Continue with Example')

    await stranger.isTold(/Sign in with a code, then connect/)
  })

  it('says in words that somebody declined', async (t) => {
    setting().world.provider.person = null
    const person = await meet(t)

    await person.open('/signin')
    await person.press('Continue with Example')

    await person.isTold(/not signed in there/)
  })
}
