import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  nameOf,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { start } from './subject.mjs'

/** Texts that some stores or some ways of joining them take for the same. */
const ALIKE = [
  ...['a/b', 'a:b', 'a\\b', 'a%2Fb', 'a?b', 'a?c', 'a', 'a#b', 'a b', 'a+b', 'a_b', 'a-b', 'A/B'],
  ...['*', 'a*', '{a}b', '{a}c', 'a\nb', 'a\r\nb', 'a\0b', '\u00e9', 'e\u0301', '__proto__'],
]

/** Pairs of provider and id that read alike when they are joined. */
const JOINED = [
  ...[
    ['a', 'bc'] /* */,
    ['ab', 'c'],
    ['a:', 'bc'],
    ['a', ':bc'],
    ['a:b', 'c'],
    ['a', 'b:c'],
  ],
  ...[
    ['1', '1:a'] /* */,
    ['11', ':a'],
    ['a/b', 'c'],
    ['a', 'b/c'],
    ['bc', 'a'],
    ['', 'abc'],
  ],
]

/** @param {import('./conformance.mjs').Deployment} deployment */
export function collisionsSuite(deployment) {
  describe('names that look alike', { concurrency: 1 }, () => {
    test('are different accounts', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const names = [
        ...ALIKE.map((providerAccountId) => ({ provider: 'p', providerAccountId })),
        ...JOINED.filter(([provider]) => provider).map(([provider, providerAccountId]) => ({
          provider,
          providerAccountId,
        })),
      ]
      const accounts = names.map((name, n) => newAccount(n % 2 ? ada.id : bob.id, name))
      for (const account of accounts) await adapter.linkAccount(account)
      for (const account of accounts) {
        const found = await other.getAccount(account.providerAccountId, account.provider)
        assert.deepEqual(found, account)
      }
      await adapter.unlinkAccount(nameOf(accounts[0]))
      const gone = accounts.map((account) => other.getUserByAccount(nameOf(account)))
      assert.equal((await Promise.all(gone)).filter((it) => it === null).length, 1)
    })

    test('are different sessions', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const sessions = ALIKE.map((sessionToken) => ({ ...newSession(ada.id), sessionToken }))
      for (const session of sessions) await adapter.createSession(session)
      for (const session of sessions) {
        const found = await other.getSessionAndUser(session.sessionToken)
        assert.deepEqual(found.session, session)
      }
      await adapter.deleteSession(sessions[0].sessionToken)
      const gone = sessions.map((session) => other.getSessionAndUser(session.sessionToken))
      assert.equal((await Promise.all(gone)).filter((it) => it === null).length, 1)
    })

    test('are different passkeys', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      // Base64 ids differ in `/`, `+` and case.
      const passkeys = ALIKE.map((credentialID) => newPasskey(ada.id, { credentialID }))
      for (const passkey of passkeys) await adapter.createAuthenticator(passkey)
      for (const passkey of passkeys) {
        assert.deepEqual(await other.getAuthenticator(passkey.credentialID), passkey)
      }
      assert.equal((await other.listAuthenticatorsByUserId(ada.id)).length, ALIKE.length)
    })

    test('are different identifiers of codes, but for the case of letters', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const codes = ALIKE.filter((it) => it !== 'A/B').map((name) => newCode(`${name}@example.com`))
      await Promise.all(codes.map((code) => adapter.createVerificationToken(code)))
      for (const [n, code] of codes.entries()) {
        const { identifier } = codes[(n + 1) % codes.length]
        assert.equal(await redeem(other, { ...code, identifier }), null)
      }
      for (const code of codes) assert.deepEqual(await redeem(other, code), code)
    })
  })
}
