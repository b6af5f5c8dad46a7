/** People who come in once somebody has approved of them, or by invitation. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { approval } from '@chatbotkit/nextauth'
import { ADA } from '../../testing/people.mjs'
import { startApplication } from './application.mjs'

const NEWCOMER = 'grace@example.com'

/** Where people are sent, as the word by which the visit tells it. */
const PAGES = { pendingPage: '/?error=Pending', refusedPage: '/?error=Refused' }

export function describeApproval(framework) {
  const start = (t, autoCreateUser) =>
    startApplication(t, framework, {
      adapter: { autoCreateUser },
      signIn: (adapter) => approval({ adapter, ...PAGES }),
    })

  describe(`coming in by approval with ${framework.name}`, () => {
    it('sends a new person to a page, and lets them in once they are approved', async (t) => {
      const { adapter, open, sandbox } = await start(t, 'approval')
      const visit = open()
      assert.equal(await visit.signInAs(NEWCOMER), 'Pending')
      assert.equal(await visit.person(), undefined)
      assert.equal(await visit.signInAs(NEWCOMER), 'Pending')
      assert.equal(sandbox.people.findByEmail(NEWCOMER), null)
      assert.deepEqual(
        (await adapter.listRequests()).map(({ email }) => email),
        [NEWCOMER],
      )

      const { id } = await adapter.approve(NEWCOMER)
      assert.equal(await visit.signInAs(NEWCOMER), undefined)
      assert.equal((await visit.person()).id, id)
    })

    it('sends whoever was rejected to another page', async (t) => {
      const { adapter, open, sandbox } = await start(t, 'approval')
      await open().signInAs(NEWCOMER)
      await adapter.reject(NEWCOMER)
      assert.equal(await open().signInAs(NEWCOMER), 'Refused')
      assert.equal(sandbox.people.findByEmail(NEWCOMER), null)
    })

    for (const autoCreateUser of [false, 'approval']) {
      it(`lets in whoever was invited, where autoCreateUser is ${autoCreateUser}`, async (t) => {
        const { adapter, open, sandbox } = await start(t, autoCreateUser)
        await adapter.invite({ email: NEWCOMER, name: 'Grace' })
        const visit = open()
        assert.equal(await visit.signInAs(NEWCOMER), undefined)
        const { id, name } = sandbox.people.findByEmail(NEWCOMER)
        assert.equal(name, 'Grace')
        assert.equal((await visit.person()).id, id)
        assert.deepEqual(await adapter.listInvitations(), [])
      })
    }

    it('tells nobody who asks for a code whether there is an account', async (t) => {
      const { open } = await start(t, false)
      assert.match(await open().askForCode(NEWCOMER), /^\w+$/)
      assert.equal(await open().signInAs(NEWCOMER), 'Refused')
    })

    for (const autoCreateUser of [false, true, 'approval']) {
      it(`is no matter for those who are known, where autoCreateUser is ${autoCreateUser}`, async (t) => {
        const { open, adapter } = await start(t, autoCreateUser)
        assert.equal(await open().signInAs(ADA.email), undefined)
        assert.deepEqual(await adapter.listRequests(), [])
      })
    }
  })
}
