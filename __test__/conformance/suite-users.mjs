import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { nameOf, newAccount, newSession } from '../../testing/records.mjs'
import { hold } from '../../testing/waiting.mjs'
import { start } from './subject.mjs'

/** What the official suite creates, with a time that is not a whole second. */
const EVE = {
  email: 'fullname@example.com',
  name: 'Full Name',
  image: 'https://www.example.com/eve.png',
  emailVerified: new Date(1_710_000_000_789),
}

const MEMBERS = ['createdAt', 'email', 'emailVerified', 'id', 'image', 'meta', 'name', 'updatedAt']

/** @param {import('./conformance.mjs').Deployment} deployment */
export function usersSuite(deployment) {
  describe('users', { concurrency: 1 }, () => {
    test('are found by id, address, account and session as they were created', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const user = await adapter.createUser({ id: crypto.randomUUID(), ...EVE })
      const { id, email, name, image, emailVerified } = user
      assert.deepEqual({ email, name, image, emailVerified }, EVE)
      const { members = [] } = deployment.directory ?? {}
      assert.deepEqual(Object.keys(user).sort(), [...MEMBERS, ...members].sort())

      const [account, session] = [newAccount(id), newSession(id)]
      await adapter.linkAccount(account)
      await adapter.createSession(session)
      for (const it of [adapter, other]) {
        assert.deepEqual(await it.getUser(id), user)
        assert.deepEqual(await it.getUserByEmail(EVE.email), user)
        assert.deepEqual(await it.getUserByAccount(nameOf(account)), user)
        // Twice: the first look-up keeps a snapshot, the second reads it.
        for (let time = 0; time < 2; time += 1) {
          assert.deepEqual(await it.getSessionAndUser(session.sessionToken), { session, user })
        }
      }
    })

    test('get an id from the API, whatever id the framework made up', async (t) => {
      const { adapter, sandbox } = await start(t, deployment)
      const invented = crypto.randomUUID()
      const user = await adapter.createUser({ id: invented, email: 'eve@example.com' })
      assert.notEqual(user.id, invented)
      assert.equal(sandbox.people.findByEmail('eve@example.com').id, user.id)
    })

    test('without a proven address have null for it, and null for what they do not have', async (t) => {
      const { adapter } = await start(t, deployment)
      for (const emailVerified of [null, undefined]) {
        const email = `${emailVerified}@example.com`
        const { id } = await adapter.createUser({ email, emailVerified })
        const session = newSession(id)
        await adapter.createSession(session)
        const { user } = await adapter.getSessionAndUser(session.sessionToken)
        const { emailVerified: proven, name, image } = user
        assert.deepEqual({ proven, name, image }, { proven: null, name: null, image: null })
      }
    })

    test('change in what was named and in nothing else, and are returned whole', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const before = await adapter.getUser(ada.id)
      const changed = await adapter.updateUser({ id: ada.id, name: 'Countess' })
      const { updatedAt } = changed
      assert.deepEqual(changed, { ...before, name: 'Countess', updatedAt })
      for (const it of [adapter, other]) assert.deepEqual(await it.getUser(ada.id), changed)
    })

    test('keep the time of their proof to the millisecond', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const { id } = await adapter.createUser({ email: 'eve@example.com', emailVerified: null })
      const emailVerified = new Date(1_720_000_000_321)
      await adapter.updateUser({ id, emailVerified })
      for (const it of [adapter, other]) {
        assert.deepEqual((await it.getUser(id)).emailVerified, emailVerified)
      }
    })

    test('who were made by a call that failed are given to whoever comes next, once', async (t) => {
      const { adapter, other, sandbox } = await start(t, deployment)
      const person = { email: 'eve@example.com', emailVerified: null }
      let isMade = false
      const isAfterwards = ({ route }) => {
        isMade ||= route === 'create'
        return isMade && route !== 'create'
      }
      const outage = [
        sandbox.inject({ type: 'status', status: 503, match: isAfterwards }),
        sandbox.inject({ route: 'create', when: 'after', type: 'reset' }),
      ]
      await assert.rejects(adapter.createUser(person), failure('ERR_API_UNREACHABLE'))
      for (const fault of outage) fault.remove()
      const { id } = sandbox.people.findByEmail(person.email)
      assert.equal(await other.getUserByEmail(person.email), null)
      assert.equal((await other.createUser(person)).id, id)
      assert.equal((await adapter.getUserByEmail(person.email)).id, id)
      await assert.rejects(adapter.createUser(person), failure('ERR_EMAIL_TAKEN'))
    })

    test('do not prove a new address with the stamp of a sign-in that was for the old one', async (t) => {
      const { adapter, other, sandbox } = await start(t, deployment)
      const { id } = await adapter.createUser({ email: 'eve@example.com', emailVerified: null })
      const { reached, release } = hold(sandbox, { route: 'update' })
      const stamp = adapter.updateUser({ id, emailVerified: new Date() })
      await reached()
      await other.updateUser({ id, email: 'boss@example.com' })
      release()
      const stamped = await stamp
      assert.deepEqual([stamped.email, stamped.emailVerified], ['boss@example.com', null])
      assert.equal((await other.getUser(id)).emailVerified, null)
    })

    // Peers keep the index of the old address.
    test('are found by their new address and no longer by the old one', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      await adapter.updateUser({ id: ada.id, email: 'countess@example.com' })
      for (const it of [adapter, other]) {
        assert.equal(await it.getUserByEmail(ADA.email), null)
        assert.equal((await it.getUserByEmail('Countess@Example.com')).id, ada.id)
      }
    })

    // A look-up that joins one that is under way gets an answer from before the change.
    for (const [what, lookUp] of [
      ['by id', (adapter, { user }) => adapter.getUser(user.id)],
      ['by address', (adapter, { user }) => adapter.getUserByEmail(user.email)],
      ['by account', (adapter, { account }) => adapter.getUserByAccount(nameOf(account))],
    ]) {
      test(`looked up ${what} are never as they were before a change that is over`, async (t) => {
        const { adapter, other, ada: user, sandbox } = await start(t, deployment)
        const account = newAccount(user.id)
        await adapter.linkAccount(account)
        const route = what === 'by address' ? 'list' : 'fetch'
        const { reached, release } = hold(sandbox, { route, when: 'after' })
        const late = lookUp(other, { user, account })
        await reached()
        await adapter.updateUser({ id: user.id, name: 'Countess' })
        assert.equal((await lookUp(other, { user, account })).name, 'Countess')
        release()
        assert.equal((await late).name, ADA.name)
      })
    }
  })
}
