/** Signing in behind protect(), through real frameworks. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DIRECTORIES } from '../../testing/directories.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { startApplication } from '../signin/application.mjs'
import * as authCore from '../signin/auth-core.mjs'
import * as nextAuthV4 from '../signin/nextauth-v4.mjs'

for (const framework of [nextAuthV4, authCore]) {
  for (const directory of DIRECTORIES) {
    describe(`behind protect(), ${framework.name}, ${directory.name}`, () => {
      const open = async (t, guard) => {
        const session = { strategy: 'database' }
        const guarded = { session, guard: { trustedProxies: 1, ...guard } }
        const application = await startApplication(t, { ...framework, directory }, guarded)
        const at = (client) => {
          const visit = application.open()
          visit.browser.headers = { 'x-forwarded-for': client }
          return visit
        }
        return { application, at }
      }

      test('people sign in, stay signed in while their client is limited, and sign out', async (t) => {
        const { at } = await open(t, { limits: { codesPerClient: { max: 2 } } })
        const ada = at('192.0.2.1')
        assert.equal(await ada.signInAs(ADA.email), undefined)
        assert.equal((await ada.person()).email, ADA.email)

        assert.ok(await at('192.0.2.1').askForCode('eve@example.com'))
        const limited = at('192.0.2.1')
        assert.equal(await limited.askForCode(BOB.email), undefined)
        assert.equal(limited.answer.status, 429)
        assert.ok(limited.answer.headers.get('retry-after') > 0)

        assert.equal((await ada.person()).email, ADA.email)
        await ada.signOut()
        assert.equal(await ada.person(), undefined)
        assert.equal(await at('192.0.2.2').signInAs(BOB.email), undefined)
      })

      test('whoever is limited costs the API nothing', async (t) => {
        const { application, at } = await open(t)
        const visit = at('192.0.2.1')
        await visit.askForCode(ADA.email)
        const { length } = application.sandbox.requests
        assert.equal(await visit.askForCode(ADA.email.toUpperCase()), undefined)
        assert.equal(application.sandbox.requests.length, length)
      })

      test('the page that the answer names is the sign-in page', async (t) => {
        const { at } = await open(t, { signInPage: `${framework.basePath}/signin` })
        const visit = at('192.0.2.1')
        await visit.askForCode(ADA.email)
        const page = await visit.browser.open(`${framework.basePath}/signin`)
        const limited = await visit.browser.submit(page, { email: ADA.email }, { form: 'email' })
        const { url, error } = JSON.parse(limited.text)
        assert.equal(error, 'RateLimited')
        const shown = await visit.browser.open(url)
        assert.equal(shown.status, 200)
        assert.match(shown.text, /<form/)
      })
    })
  }
}
