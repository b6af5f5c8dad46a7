import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { calls, startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, BOB, UNPROVEN } from '../../testing/people.mjs'

describe('looking users up', () => {
  test('a user has the five members of NextAuth and what the API returned', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const { id } = sandbox.users.add({
      ...ADA,
      image: 'https://example.com/ada.png',
      description: 'first',
      limits: { tokens: 5 },
      meta: { plan: 'pro' },
    })
    const byEmail = await adapter.getUserByEmail(ADA.email)
    const expected = {
      ...{ id, email: ADA.email, emailVerified: new Date(ADA.createdAt), name: ADA.name },
      ...{ image: 'https://example.com/ada.png', createdAt: ADA.createdAt },
      ...{ updatedAt: byEmail.updatedAt, limits: { tokens: 5 }, meta: { plan: 'pro' } },
    }
    assert.deepEqual(byEmail, { ...expected, description: 'first' })
    assert.deepEqual(await adapter.getUser(id), expected)
  })

  test('what is not set is null', async (t) => {
    const { adapter } = await startAdapter(t, {}, { users: [{ email: ADA.email }] })
    const { name, image, emailVerified } = await adapter.getUserByEmail(ADA.email)
    assert.deepEqual([name, image], [null, null])
    assert.ok(emailVerified instanceof Date)
  })

  test('unknown people are strictly null', async (t) => {
    const { adapter } = await startAdapter(t, {}, { users: [ADA] })
    assert.equal(await adapter.getUser('cnobody'), null)
    assert.equal(await adapter.getUser('b3ba5aa5-5d0c-4a2b-8b39-8fd4d1b8a5d2'), null)
    assert.equal(await adapter.getUserByEmail('nobody@example.com'), null)
  })

  test('what is no address costs no request and is null', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, {}, { users: [ADA] })
    for (const email of ['', ' ', '@', 'ada@', '@example.com', 'non-existent-email']) {
      assert.equal(await adapter.getUserByEmail(email), null, email)
    }
    assert.deepEqual(calls(sandbox), [])
  })

  // RFC 5321, 4.5.3.1: 64 + 1 + 255 octets. Anybody can type a longer one into the sign-in page,
  // and next-auth v4 does not catch what getUserByEmail throws.
  test('an address longer than any can be costs no request and is null', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    for (const length of [400, 20_000, 100_000]) {
      assert.equal(await adapter.getUserByEmail(`${'a'.repeat(length)}@example.com`), null)
    }
    assert.deepEqual(calls(sandbox), [])
  })

  test('an address is found whatever its case and the space around it', async (t) => {
    for (const emailComparison of ['insensitive', 'sensitive']) {
      const { adapter } = await startAdapter(t, {}, { emailComparison, users: [ADA] })
      for (const email of ['ADA@EXAMPLE.COM', ' ada@example.com\t', 'Ada@Example.com']) {
        assert.equal((await adapter.getUserByEmail(email)).email, ADA.email)
      }
    }
  })

  test('no trick of quoting, wildcards or control characters finds anybody', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, {}, { users: [ADA, BOB] })
    const tricks = [
      'ada@example.com,bob@example.com',
      'ada@example.com&email=bob@example.com',
      '%@example.com',
      '*@example.com',
      'ada@example.com\0',
      'ada@example.com\r\nx: y',
      'ada@example.com#',
      'ada@example.com?',
      '"ada"@example.com',
      'ada＠example.com@x',
    ]
    for (const trick of tricks) assert.equal(await adapter.getUserByEmail(trick), null, trick)
    for (const { query } of sandbox.requests) assert.deepEqual(Object.keys(query), ['email'])
  })

  test('an id is never read as a name, an alias or a path, and costs no request', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { autoDeleteUser: true })
    const { id } = sandbox.users.add({ ...ADA, name: 'Ada', alias: 'ada' })
    const tricks = [
      ...['', ' ', '(Ada)', '@ada', '@@ada', '..', '.', '%2e%2e', `../user/${id}`],
      ...[
        `${id}/`,
        `${id}?x`,
        `${id}#`,
        `${id}\0`,
        ` ${id}`,
        `${id}\n`,
        `/${id}`,
        'é',
        'x'.repeat(129),
      ],
    ]
    for (const trick of tricks) {
      assert.equal(await adapter.getUser(trick), null, trick)
      const update = adapter.updateUser({ id: trick, name: 'Eve' })
      await assert.rejects(update, failure('ERR_USER_NOT_FOUND'), trick)
      await adapter.deleteUser(trick)
    }
    assert.deepEqual(calls(sandbox), [])
    assert.equal(sandbox.users.get(id).name, 'Ada')
  })

  test('the user of another parent account is an error, not null', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, { autoDeleteUser: true })
    const { id } = sandbox.addPartner('other').users.add(ADA)
    const forbidden = failure('ERR_API_FORBIDDEN', { status: 403, retryable: false })
    await assert.rejects(adapter.getUser(id), forbidden)
    await assert.rejects(adapter.updateUser({ id, name: 'Eve' }), forbidden)
    await assert.rejects(adapter.deleteUser(id), forbidden)
    assert.equal(await adapter.getUserByEmail(ADA.email), null)
  })

  test('a sub-account without an address is no user', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const { id } = sandbox.users.add({ name: 'robot' })
    assert.equal(await adapter.getUser(id), null)
  })
})

describe('an API that ignores the email filter', () => {
  const ignoring = { ignoreEmailFilter: true }

  test('signs nobody in as somebody else', async (t) => {
    const { adapter } = await startAdapter(t, {}, { ...ignoring, users: [ADA, BOB] })
    assert.equal(await adapter.getUserByEmail('eve@example.com'), null)
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
  })

  test('is read page by page until the person is found', async (t) => {
    const others = Array.from({ length: 250 }, (_, n) => ({ email: `user${n}@example.com` }))
    const { adapter, sandbox } = await startAdapter(t, {}, { ...ignoring, users: [ADA, ...others] })
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
    assert.equal(sandbox.requests.length, 3)
    assert.equal(await adapter.getUserByEmail('eve@example.com'), null)
  })

  test('and lists people twice finds the right one', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, {}, { ...ignoring, users: [ADA, BOB] })
    sandbox.inject({ type: 'duplicate' })
    assert.equal((await adapter.getUserByEmail(ADA.email)).name, ADA.name)
    assert.equal(await adapter.getUserByEmail('eve@example.com'), null)
  })
})

describe('when an address was proven', () => {
  test('is what the sub-account says, and otherwise when it was made', async (t) => {
    const { adapter } = await startAdapter(
      t,
      {},
      { users: [ADA, UNPROVEN, { ...BOB, meta: { nextauth: { emailVerified: 5 } } }] },
    )
    const verified = async (email) => (await adapter.getUserByEmail(email)).emailVerified
    assert.deepEqual(await verified(ADA.email), new Date(ADA.createdAt))
    assert.equal(await verified(UNPROVEN.email), null)
    assert.deepEqual(await verified(BOB.email), new Date(5))
  })

  test('is never an invalid Date, whatever a partner wrote there', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    for (const emailVerified of ['2024-01-01', true, [], {}, 1.5, 9e15, -9e15, 1e300]) {
      sandbox.users.clear()
      sandbox.users.add({ ...ADA, meta: { nextauth: { emailVerified } } })
      const user = await adapter.getUserByEmail(ADA.email)
      const isGood = user.emailVerified === null || !Number.isNaN(user.emailVerified.getTime())
      assert.ok(isGood, `${JSON.stringify(emailVerified)} became ${user.emailVerified}`)
    }
  })

  test('members of meta named like the machinery of JavaScript change no prototype', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const json = JSON.parse(
      '{"id":"cx","createdAt":1,"updatedAt":1,"email":"a@b.co","__proto__":{"admin":true},"meta":{"__proto__":{"admin":true},"constructor":1}}',
    )
    sandbox.inject({ type: 'body', json })
    const user = await adapter.getUser('cx')
    assert.equal(user.admin, undefined)
    assert.equal(user.meta.admin, undefined)
    assert.equal({}.admin, undefined)
    assert.equal(Object.getPrototypeOf(user), Object.prototype)
  })
})
