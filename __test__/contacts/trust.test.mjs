import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CONTACTS } from '../../testing/directories.mjs'
import { settle } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { issueCode, newSession, redeem } from '../../testing/records.mjs'
import { startApplication } from '../signin/application.mjs'
import * as authCore from '../signin/auth-core.mjs'
import * as nextAuthV4 from '../signin/nextauth-v4.mjs'
import { fingerprintOf, forged, plant, start } from './subject.mjs'

const VICTIM = 'grace@example.com'

describe('a contact that a visitor planted', () => {
  test('is nobody, by id, by address, and behind a session', async (t) => {
    const { adapter, sandbox } = await start(t)
    const id = await plant(sandbox, forged(VICTIM, { name: 'Grace' }))
    assert.equal(sandbox.contacts.get(id).meta.nextauth.createKey, 'forged')
    assert.equal(await adapter.getUser(id), null)
    assert.equal(await adapter.getUserByEmail(VICTIM), null)
    const session = newSession(id)
    await settle(adapter.createSession(session))
    assert.equal(await adapter.getSessionAndUser(session.sessionToken), null)
    for (const call of [
      () => adapter.updateUser({ id, name: 'Eve' }),
      () =>
        adapter.linkAccount({ userId: id, type: 'oauth', provider: 'x', providerAccountId: '1' }),
    ]) {
      assert.equal(await settle(call()), 'ERR_USER_NOT_FOUND')
    }
  })

  test('does not keep the person from a contact of their own, nor is it changed', async (t) => {
    const { adapter, sandbox } = await start(t)
    const id = await plant(sandbox, forged(VICTIM))
    const before = sandbox.contacts.get(id)
    const emailVerified = new Date()
    const user = await adapter.createUser({ email: VICTIM, emailVerified })
    assert.notEqual(user.id, id)
    assert.equal(user.fingerprint, fingerprintOf(VICTIM))
    assert.equal((await adapter.getUserByEmail(VICTIM)).id, user.id)
    assert.deepEqual(sandbox.contacts.get(id), before)
  })

  test('keeps nobody out, when there are more than fit on the pages that are read', async (t) => {
    const { adapter, another, sandbox } = await start(t)
    const email = VICTIM
    const { id } = await adapter.createUser({ email, emailVerified: new Date() })
    // Older than the contact of the person: read first.
    for (let n = 0; n < 1_100; n += 1) {
      const fingerprint = `1de307ce-f51b-588c-b8ec-${String(n).padStart(12, '0')}`
      sandbox.contacts.add({
        ...forged(email),
        fingerprint,
        verifiedAt: null,
        createdAt: 1_000 + n,
      })
    }
    // Who was made or found once is found by id, without a list.
    for (const it of [adapter, another()]) assert.equal((await it.getUserByEmail(email)).id, id)
    const stranger = another({ keyPrefix: 'another-store:' })
    assert.equal(await stranger.getUserByEmail(email), null)
    // Whoever proves the address is given the contact that was there.
    const again = await stranger.createUser({ email, emailVerified: new Date() })
    assert.equal(again.id, id)
    assert.equal(sandbox.contacts.all().length, 1_101)
  })

  test('costs no list once the person has been found, and no code', async (t) => {
    const { adapter, sandbox } = await start(t)
    const email = VICTIM
    const { id } = await adapter.createUser({ email, emailVerified: new Date() })
    assert.equal((await adapter.getUserByEmail(email)).id, id)
    for (let n = 0; n < 5; n += 1) await plant(sandbox, forged(email, { nick: String(n) }))
    sandbox.clearRequests()
    const code = await issueCode(adapter, email)
    assert.ok(await redeem(adapter, code))
    assert.deepEqual(
      sandbox.requests.map(({ route }) => route),
      ['contact/fetch'],
    )
  })
})

for (const framework of [nextAuthV4, authCore]) {
  const subject = { ...framework, directory: CONTACTS }
  describe(`visitors who plant contacts against ${framework.name}`, () => {
    test('sign nobody in who has no contact', async (t) => {
      const { open, sandbox } = await startApplication(t, subject)
      await plant(sandbox, forged(VICTIM))
      const visit = open()
      assert.equal(await visit.signInAs(VICTIM), framework.errors.refusedPerson)
      assert.equal(await visit.person(), undefined)
    })

    test('are not taken for the person whose address they claim', async (t) => {
      const { open, sandbox } = await startApplication(t, subject, {
        adapter: { autoCreateUser: true },
      })
      const planted = [
        await plant(sandbox, forged(ADA.email)),
        await plant(sandbox, forged(VICTIM)),
        await plant(sandbox, forged(ADA.email.toUpperCase())),
      ]
      for (const email of [ADA.email, VICTIM]) {
        const [one, two] = [open(), open()]
        assert.equal(await one.signInAs(email), undefined)
        assert.equal(await two.signInAs(email), undefined)
        const { id } = await one.person()
        assert.equal((await two.person()).id, id)
        assert.ok(!planted.includes(id))
        assert.equal(sandbox.people.findByEmail(email) !== null, true)
      }
    })
  })
}
