import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CONTACTS } from '../../testing/directories.mjs'
import { failure, outcomes, settle } from '../../testing/outcomes.mjs'
import { ADA, EVE } from '../../testing/people.mjs'
import { all } from '../../testing/records.mjs'
import { start } from './subject.mjs'

const LIMITS = { conversations: 10 }

/** @param {import('./conformance.mjs').Deployment} deployment */
export function admissionsSuite(deployment) {
  const isLimited = deployment.directory !== CONTACTS
  const limits = isLimited ? LIMITS : undefined
  const approving = (t) => start(t, deployment, { autoCreateUser: 'approval' })
  const proven = (members) => ({ ...EVE, emailVerified: new Date(), ...members })

  describe('a new person, where people are approved,', { concurrency: 1 }, () => {
    test('leaves one request, however often they come, and is made when it is approved', async (t) => {
      const { adapter, other, sandbox } = await approving(t)
      const ended = await outcomes(
        Array.from({ length: 10 }, (_, n) => [adapter, other][n % 2].createUser(proven())),
      )
      assert.deepEqual(ended, Array(10).fill('ERR_APPROVAL_PENDING'))
      assert.equal(sandbox.people.findByEmail(EVE.email), null)
      const [request, ...more] = await other.listRequests()
      assert.deepEqual(more, [])
      assert.equal(request.email, EVE.email)
      assert.ok(request.createdAt <= new Date() && request.expires > new Date())

      const user = await other.approve(EVE.email.toUpperCase(), {
        name: 'Eve',
        limits,
        meta: { tier: 1 },
      })
      assert.deepEqual([user.email, user.name, user.meta.tier], [EVE.email, 'Eve', 1])
      assert.deepEqual(user.emailVerified, request.createdAt)
      if (isLimited) assert.deepEqual(user.limits, LIMITS)
      assert.deepEqual(await adapter.listRequests(), [])
      assert.equal((await adapter.getUserByEmail(EVE.email)).id, user.id)
      const sought = failure('ERR_REQUEST_NOT_FOUND', { retryable: false })
      await assert.rejects(adapter.approve(EVE.email), sought)
    })

    test('whose request is rejected is refused, until they are invited', async (t) => {
      const { adapter, other } = await approving(t)
      assert.equal(await settle(adapter.createUser(proven())), 'ERR_APPROVAL_PENDING')
      assert.equal((await other.reject(EVE.email)).email, EVE.email)
      assert.equal(await other.reject(EVE.email), null)
      assert.deepEqual(await adapter.listRequests(), [])
      assert.equal(await settle(adapter.createUser(proven())), 'ERR_CREATE_DISABLED')
      assert.equal(await settle(adapter.approve(EVE.email)), 'ERR_REQUEST_NOT_FOUND')
      await other.invite({ email: EVE.email })
      assert.equal((await adapter.createUser(proven())).email, EVE.email)
    })

    test('who has not proven their address is refused, and writes nothing', async (t) => {
      const { adapter, other } = await approving(t)
      const claim = proven({ emailVerified: null })
      await other.invite({ email: ADA.email })
      for (const email of [EVE.email, 'another@example.com']) {
        assert.equal(await settle(adapter.createUser({ ...claim, email })), 'ERR_CREATE_DISABLED')
      }
      assert.deepEqual(await adapter.listRequests(), [])
    })

    test('is approved by two at once as one user', async (t) => {
      const { adapter, other, sandbox } = await approving(t)
      assert.equal(await settle(adapter.createUser(proven())), 'ERR_APPROVAL_PENDING')
      const made = await Promise.allSettled([adapter.approve(EVE.email), other.approve(EVE.email)])
      const ids = made.filter(({ status }) => status === 'fulfilled').map(({ value }) => value.id)
      const { id } = sandbox.people.findByEmail(EVE.email)
      assert.ok(ids.length > 0)
      assert.deepEqual(new Set(ids), new Set([id]))
    })
  })

  for (const autoCreateUser of [false, 'approval']) {
    describe(`an invitation, where autoCreateUser is ${autoCreateUser},`, {
      concurrency: 1,
    }, () => {
      test('lets its address in once, with what it gives', async (t) => {
        const { adapter, other } = await start(t, deployment, { autoCreateUser })
        const given = { name: 'Eve', description: 'invited', meta: { tier: 2 }, limits }
        const invitation = await adapter.invite({ email: ` ${EVE.email.toUpperCase()}`, ...given })
        assert.equal(invitation.email, EVE.email)
        assert.deepEqual(await other.listInvitations(), [invitation])
        const user = await other.createUser({ email: EVE.email, emailVerified: new Date() })
        assert.deepEqual([user.email, user.name, user.meta.tier], [EVE.email, 'Eve', 2])
        if (isLimited) assert.deepEqual(user.limits, LIMITS)
        assert.deepEqual(await adapter.listInvitations(), [])
      })

      test('ends when it is withdrawn, and by itself', async (t) => {
        const { adapter, other } = await start(t, deployment, { autoCreateUser })
        const refused = autoCreateUser ? 'ERR_APPROVAL_PENDING' : 'ERR_CREATE_DISABLED'
        await adapter.invite({ email: EVE.email })
        assert.equal((await other.withdraw(EVE.email)).email, EVE.email)
        assert.equal(await other.withdraw(EVE.email), null)
        assert.equal(await settle(adapter.createUser(proven())), refused)
        const { expires } = await adapter.invite({ email: 'late@example.com', expiresIn: 1 })
        await new Promise((resolve) => setTimeout(resolve, expires.getTime() - Date.now() + 50))
        assert.deepEqual(await other.listInvitations(), [])
        assert.equal(await settle(other.createUser(proven({ email: 'late@example.com' }))), refused)
      })

      test('that many are given at once are all listed', async (t) => {
        const { adapter, other } = await start(t, deployment, { autoCreateUser })
        const addresses = await all(20, (n) => `guest-${n}@example.com`)
        await Promise.all(addresses.map((email) => adapter.invite({ email })))
        const listed = (await other.listInvitations()).map(({ email }) => email)
        assert.deepEqual(listed.sort(), addresses.sort())
      })
    })
  }

  describe('who may come in', { concurrency: 1 }, () => {
    test('is told before NextAuth asks for them to be made', async (t) => {
      const { connect, ada } = await start(t, deployment)
      const expected = { true: 'admitted', false: 'refused', approval: 'pending' }
      for (const [value, verdict] of Object.entries(expected)) {
        const autoCreateUser = { true: true, false: false }[value] ?? value
        const adapter = connect({ autoCreateUser })
        assert.equal(await adapter.admission({ ...ada, emailVerified: new Date() }), 'admitted')
        assert.equal(await adapter.admission(proven()), verdict)
      }
      const adapter = connect({ autoCreateUser: 'approval' })
      assert.deepEqual(
        (await adapter.listRequests()).map(({ email }) => email),
        [EVE.email],
      )
      await adapter.invite({ email: EVE.email })
      assert.equal(await adapter.admission(proven()), 'admitted')
    })

    test('gets what newUser gives everybody, or each', async (t) => {
      const { connect } = await start(t, deployment)
      const everybody = connect({
        newUser: { meta: { tier: 'free' }, ...(isLimited && { limits }) },
      })
      const user = await everybody.createUser(proven())
      assert.equal(user.meta.tier, 'free')
      if (isLimited) assert.deepEqual(user.limits, LIMITS)
      const each = connect({ newUser: ({ email }) => ({ meta: { from: email.split('@')[1] } }) })
      assert.equal(
        (await each.createUser(proven({ email: 'x@corp.example' }))).meta.from,
        'corp.example',
      )
    })

    test('has limits that can be set and cleared, if they are a sub-account', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      if (!isLimited) {
        await assert.rejects(adapter.setLimits(ada.id, LIMITS), failure('ERR_INVALID_ARGUMENT'))
        const invitation = { email: EVE.email, limits: LIMITS }
        await assert.rejects(adapter.invite(invitation), failure('ERR_INVALID_ARGUMENT'))
        return
      }
      assert.deepEqual((await adapter.setLimits(ada.id, LIMITS)).limits, LIMITS)
      assert.deepEqual((await other.getUser(ada.id)).limits, LIMITS)
      assert.equal((await other.setLimits(ada.id, null)).limits, undefined)
      await assert.rejects(adapter.setLimits('cnobody', LIMITS), failure('ERR_USER_NOT_FOUND'))
    })
  })
}
