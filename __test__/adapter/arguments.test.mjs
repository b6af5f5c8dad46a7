import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import vm from 'node:vm'
import { calls, startAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA, EVE } from '../../testing/people.mjs'
import { issueCode, newCode, redeem } from '../../testing/records.mjs'

const ALL_ON = { autoCreateUser: true, autoUpdateUser: true, autoDeleteUser: true }

const SESSION = { sessionToken: 'x', userId: 'cada', expires: new Date(Date.now() + 60_000) }
const ACCOUNT = { type: 'oauth', provider: 'p', providerAccountId: '1', userId: 'cada' }
const PASSKEY = { ...ACCOUNT, credentialID: 'x', credentialPublicKey: 'x', counter: 0 }

const LONE_SURROGATES = ['\ud800', 'ada\udfff@example.com', '\udc00\ud800']
const NO_TEXTS = [
  ...[undefined, null, 0, 5, Number.NaN, true, false, 0n, 1n, Symbol('s'), () => {}, {}, [], ['x']],
  ...[Object('ada@example.com'), new Date(), { toString: () => 'ada@example.com' }],
]

class FakeDate {
  get [Symbol.toStringTag]() {
    return 'Date'
  }
}

const NO_DATES = [
  ...['2030-01-01T00:00:00.000Z', '', 1_900_000_000_000, true, 1n, {}, [], Symbol('s'), () => {}],
  ...[new Date(Number.NaN), new Date('x'), new Date(8.64e15 + 1), Object.create(Date.prototype)],
  ...[{ getTime: () => 1 }, { toISOString: () => '2030-01-01T00:00:00.000Z' }, new FakeDate()],
  ...[{ [Symbol.toStringTag]: 'Date', getTime: () => 'soon' }],
]

const show = (value) =>
  typeof value === 'object' ? Object.prototype.toString.call(value) : String(value)

/** Every call rejects with ERR_INVALID_ARGUMENT: it neither throws at once nor reaches the API. */
async function assertRefused(t, values, call) {
  const { adapter, sandbox, store } = await startAdapter(t, ALL_ON)
  for (const value of values) {
    const pending = call(adapter, value)
    assert.ok(pending instanceof Promise)
    await assert.rejects(pending, (error) => {
      try {
        return failure('ERR_INVALID_ARGUMENT', { retryable: false })(error)
      } catch (difference) {
        difference.message = `${show(value)}: ${difference.message}`
        throw difference
      }
    })
  }
  assert.deepEqual(calls(sandbox), [])
  assert.equal(store.size, 0)
}

describe('what is no text, or not well-formed, is refused', () => {
  const bad = [...NO_TEXTS, ...LONE_SURROGATES]
  const given = bad.filter((it) => it !== undefined && it !== null)
  // Some providers' account ids are numbers, which are their text here.
  const noIds = bad.filter((it) => !Number.isFinite(it) && typeof it !== 'bigint')

  for (const [name, values, call] of [
    ['the id of getUser', bad, (adapter, it) => adapter.getUser(it)],
    ['the address of getUserByEmail', bad, (adapter, it) => adapter.getUserByEmail(it)],
    ['the id of deleteUser', bad, (adapter, it) => adapter.deleteUser(it)],
    ['the id of updateUser', bad, (adapter, id) => adapter.updateUser({ id, name: 'x' })],
    ['the address of createUser', bad, (adapter, email) => adapter.createUser({ email })],
    [
      'the identifier of createVerificationToken',
      bad,
      (adapter, identifier) => adapter.createVerificationToken({ ...newCode(''), identifier }),
    ],
    [
      'the token of createVerificationToken',
      bad,
      (adapter, token) => adapter.createVerificationToken({ ...newCode(ADA.email), token }),
    ],
    [
      'the token of createSession',
      bad,
      (adapter, sessionToken) => adapter.createSession({ ...SESSION, sessionToken }),
    ],
    [
      'the user of createSession',
      bad,
      (adapter, userId) => adapter.createSession({ ...SESSION, userId }),
    ],
    [
      'the token of updateSession',
      bad,
      (adapter, sessionToken) => adapter.updateSession({ sessionToken, expires: new Date() }),
    ],
    [
      'the provider of an account',
      bad,
      (adapter, provider) => adapter.getUserByAccount({ ...ACCOUNT, provider }),
    ],
    [
      'the account of a provider',
      noIds,
      (adapter, providerAccountId) => adapter.getAccount(providerAccountId, ACCOUNT.provider),
    ],
    [
      'the account to unlink',
      noIds,
      (adapter, providerAccountId) => adapter.unlinkAccount({ ...ACCOUNT, providerAccountId }),
    ],
    [
      'the user of linkAccount',
      bad,
      (adapter, userId) => adapter.linkAccount({ ...ACCOUNT, userId }),
    ],
    ['the credential of a passkey', bad, (adapter, it) => adapter.getAuthenticator(it)],
    ['the owner of passkeys', bad, (adapter, it) => adapter.listAuthenticatorsByUserId(it)],
    [
      'the address of updateUser',
      given,
      (adapter, email) => adapter.updateUser({ id: 'cx', email }),
    ],
  ]) {
    test(name, (t) => assertRefused(t, values, call))
  }
})

describe('what is no valid Date is refused', () => {
  test('as the end of a code', (t) =>
    assertRefused(t, [...NO_DATES, null, undefined], (adapter, expires) =>
      adapter.createVerificationToken({ ...newCode(ADA.email), expires }),
    ))

  test('as the end of a session', (t) =>
    assertRefused(t, [...NO_DATES, null, undefined], (adapter, expires) =>
      adapter.createSession({ ...SESSION, expires }),
    ))

  test('as the new end of a session', (t) =>
    assertRefused(t, NO_DATES, (adapter, expires) =>
      adapter.updateSession({ sessionToken: 'x', expires }),
    ))

  test('as the proof of an address in createUser', (t) =>
    assertRefused(t, NO_DATES, (adapter, emailVerified) =>
      adapter.createUser({ ...EVE, emailVerified }),
    ))

  test('as the proof of an address in updateUser', (t) =>
    assertRefused(t, NO_DATES, (adapter, emailVerified) =>
      adapter.updateUser({ id: 'cx', emailVerified }),
    ))
})

describe('what is no object is refused', () => {
  const NO_RECORDS = [undefined, null, 'x', 5, true, 1n, Symbol('s'), []]

  for (const method of [
    ...['createUser', 'updateUser', 'createVerificationToken', 'createSession', 'updateSession'],
    ...['linkAccount', 'unlinkAccount', 'getUserByAccount', 'createAuthenticator'],
  ]) {
    test(`by ${method}`, (t) => assertRefused(t, NO_RECORDS, (adapter, it) => adapter[method](it)))
  }
})

describe('accounts and passkeys', () => {
  test('that JSON cannot hold are refused', async (t) => {
    const circular = {}
    circular.self = circular
    const fail = () => {
      throw new Error('x')
    }
    const bad = [1n, circular, { toJSON: fail }, { toJSON: () => 1n }]
    await assertRefused(t, bad, (adapter, it) => adapter.linkAccount({ ...ACCOUNT, it }))
    await assertRefused(t, bad, (adapter, it) => adapter.createAuthenticator({ ...PASSKEY, it }))
  })

  test('of somebody who cannot be are refused', (t) =>
    assertRefused(
      t,
      ['', '(Ada)', '@ada', '..', 'a/b', 'x'.repeat(129)],
      async (adapter, userId) => {
        const link = adapter.linkAccount({ ...ACCOUNT, userId })
        await assert.rejects(link, failure('ERR_INVALID_ARGUMENT'))
        return adapter.createAuthenticator({ ...PASSKEY, userId })
      },
    ))

  test('a counter that is none is refused', (t) =>
    assertRefused(
      t,
      [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', null, undefined, 5n, {}],
      (adapter, counter) => adapter.updateAuthenticatorCounter('x', counter),
    ))
})

describe('a session token out of a cookie', () => {
  test('that cannot be one is null', async (t) => {
    const { adapter } = await startAdapter(t)
    for (const bad of [...NO_TEXTS, ...LONE_SURROGATES, '']) {
      assert.equal(await adapter.getSessionAndUser(bad), null)
      assert.equal(await adapter.deleteSession(bad), null)
    }
  })
})

describe('names and images', () => {
  test('that are no text are refused', (t) => {
    const bad = NO_TEXTS.filter((it) => it !== undefined && it !== null)
    return assertRefused(t, bad, async (adapter, it) => {
      await assert.rejects(
        adapter.createUser({ ...EVE, image: it }),
        failure('ERR_INVALID_ARGUMENT'),
      )
      return adapter.createUser({ ...EVE, name: it })
    })
  })

  test('with a broken character are mended: a profile must not keep somebody out', async (t) => {
    const { adapter } = await startAdapter(t, ALL_ON)
    const user = await adapter.createUser({ ...EVE, name: 'Eve \ud83e\udd8a \ud800' })
    assert.equal(user.name, 'Eve \ud83e\udd8a \ufffd')
  })

  test('pass through whole, whatever they hold', async (t) => {
    const { adapter } = await startAdapter(t, ALL_ON)
    const name = '\0"\\\r\n</script>{{7*7}} \u2028 🦊 مرحبا'
    const { id } = await adapter.createUser({ ...EVE, name, image: 'data:,x' })
    const user = await adapter.getUser(id)
    assert.deepEqual([user.name, user.image], [name, 'data:,x'])
  })
})

describe('a token that is presented', () => {
  test('and cannot be one is null: it comes from a URL', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const code = await issueCode(adapter, ADA.email)
    const { identifier, token } = code
    for (const bad of [...NO_TEXTS, ...LONE_SURROGATES]) {
      assert.equal(await redeem(adapter, { identifier: bad, token }), null, show(bad))
      assert.equal(await redeem(adapter, { identifier, token: bad }), null, show(bad))
      assert.equal(await adapter.useVerificationToken(bad), null, show(bad))
    }
    assert.equal(await redeem(adapter, { identifier: [identifier], token: [token] }), null)
    // None of that counted as a guess.
    assert.deepEqual(await redeem(adapter, code), code)
    assert.deepEqual(calls(sandbox), ['list'])
  })
})

describe('Dates of another realm', () => {
  test('are Dates', async (t) => {
    const { adapter } = await startAdapter(t, ALL_ON)
    const date = vm.runInNewContext('new Date(1900000000000)')
    assert.ok(!(date instanceof Date))
    const code = await adapter.createVerificationToken({ ...newCode(EVE.email), expires: date })
    assert.ok(code.expires instanceof Date)
    assert.equal(code.expires.getTime(), 1_900_000_000_000)
    const user = await adapter.createUser({ ...EVE, emailVerified: date })
    assert.deepEqual(user.emailVerified, new Date(1_900_000_000_000))
  })

  test('that are invalid are refused', (t) =>
    assertRefused(t, [vm.runInNewContext('new Date(NaN)')], (adapter, expires) =>
      adapter.createVerificationToken({ ...newCode(ADA.email), expires }),
    ))

  test('and a Date that says something else of itself is believed by what it holds', async (t) => {
    const { adapter } = await startAdapter(t)
    class Stamp extends Date {}
    const expires = new Stamp(1_900_000_000_000)
    const code = await adapter.createVerificationToken({ ...newCode(ADA.email), expires })
    assert.deepEqual(code.expires, new Date(1_900_000_000_000))
  })
})
