import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CONTACTS } from '../../testing/directories.mjs'
import { settle } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { issueCode, newSession, redeem } from '../../testing/records.mjs'
import { startApplication } from '../signin/application.mjs'
import * as authCore from '../signin/auth-core.mjs'
import * as nextAuthV4 from '../signin/nextauth-v4.mjs'
import { fingerprintOf, forged, madeByJavaScript, plant, start } from './subject.mjs'

const VICTIM = 'grace@example.com'

/** What the API gives a visitor's contact. */
const UUID = '1de307ce-f51b-588c-b8ec-20fbcd6e1b5d'

const nested = (depth) => (depth === 0 ? 0 : [nested(depth - 1)])

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
    for (let n = 0; n < 350; n += 1) {
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
    assert.equal(sandbox.contacts.all().length, 351)
  })

  const hostile = {
    'holds more values than are parsed': { x: new Array(100_001).fill(0) },
    'is nested too deeply to be parsed': { x: nested(200) },
    'holds a text that is no Unicode': { x: '\ud800' },
    'holds an address that is no text': { email: [VICTIM] },
  }
  for (const [what, meta] of Object.entries(hostile)) {
    test(`hides nobody when its meta ${what}`, async (t) => {
      const { adapter, another, sandbox } = await start(t)
      sandbox.contacts.add({
        ...forged(VICTIM, { fingerprint: UUID }),
        meta: { email: VICTIM, ...meta },
      })
      const user = await adapter.createUser({ email: VICTIM, emailVerified: new Date() })
      const stranger = another({ keyPrefix: 'another-store:' })
      assert.equal((await stranger.getUserByEmail(VICTIM))?.id, user.id)
    })
  }

  test('hides nobody when so many are so long that no page can be read', async (t) => {
    const { another, sandbox } = await start(t)
    const { id } = sandbox.contacts.add({ ...madeByJavaScript(VICTIM), createdAt: 1 })
    for (let n = 0; n < 12; n += 1) {
      const fingerprint = UUID.replace(/..$/, String(10 + n))
      const meta = { email: VICTIM, x: 'x'.repeat(1_000_000) }
      sandbox.contacts.add({ ...forged(VICTIM, { fingerprint }), meta, createdAt: 2 + n })
    }
    assert.equal((await another().getUserByEmail(VICTIM)).id, id)
    // The page of a hundred is too long, one of ten is too long, and one of one is not.
    const pages = sandbox.requests.map(({ query }) => query.take)
    assert.deepEqual(pages, ['100', '10', '1', '1', '1'])
  })

  test('is not deleted, nor is any other that is no user', async (t) => {
    const { adapter, sandbox } = await start(t)
    const ids = [
      await plant(sandbox, forged(VICTIM)),
      sandbox.contacts.add({ fingerprint: 'of-another-program', verifiedAt: 5 }).id,
    ]
    for (const id of ids) {
      await adapter.deleteUser(id)
      assert.ok(sandbox.contacts.get(id))
    }
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
