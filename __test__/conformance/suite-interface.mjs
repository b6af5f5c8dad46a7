import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import {
  nameOf,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { start } from './subject.mjs'

const METHODS = [
  ...['createUser', 'getUser', 'getUserByEmail', 'getUserByAccount', 'updateUser', 'deleteUser'],
  ...['linkAccount', 'unlinkAccount', 'getAccount'],
  ...['createSession', 'getSessionAndUser', 'updateSession', 'deleteSession'],
  ...['createVerificationToken', 'useVerificationToken'],
  ...['createAuthenticator', 'getAuthenticator', 'listAuthenticatorsByUserId'],
  'updateAuthenticatorCounter',
]

/** @param {import('./conformance.mjs').Deployment} deployment */
export function interfaceSuite(deployment) {
  describe('the interface', { concurrency: 1 }, () => {
    test('has every method of the official suite, as own functions of a plain object', async (t) => {
      const { adapter } = await start(t, deployment)
      assert.equal(Object.getPrototypeOf(adapter), Object.prototype)
      for (const method of METHODS) {
        assert.ok(Object.hasOwn(adapter, method), method)
        assert.equal(typeof adapter[method], 'function', method)
      }
    })

    // next-auth's adapterErrorHandler rebuilds the adapter so, in v4 and v5.
    test('works when it is rebuilt from Object.keys and called without this', async (t) => {
      const subject = await start(t, deployment)
      const rebuilt = Object.fromEntries(
        Object.keys(subject.adapter).map((name) => {
          const method = subject.adapter[name]
          return [name, (...args) => method(...args)]
        }),
      )
      const user = await rebuilt.createUser({ email: 'eve@example.com', emailVerified: null })
      const [session, account] = [newSession(user.id), newAccount(user.id)]
      const [code, passkey] = [newCode(user.email), newPasskey(user.id)]
      await rebuilt.createSession(session)
      await rebuilt.linkAccount(account)
      await rebuilt.createVerificationToken(code)
      await rebuilt.createAuthenticator(passkey)
      assert.deepEqual(await rebuilt.getSessionAndUser(session.sessionToken), { session, user })
      assert.deepEqual(await rebuilt.getUserByAccount(nameOf(account)), user)
      assert.deepEqual(await redeem(rebuilt, code), code)
      assert.deepEqual(await rebuilt.getAuthenticator(passkey.credentialID), passkey)
      await rebuilt.deleteUser(user.id)
      assert.equal(await rebuilt.getUser(user.id), null)
    })

    test('answers null, and nothing else that is falsy, to look-ups of what is not there', async (t) => {
      const { adapter } = await start(t, deployment)
      const unknown = nameOf(newAccount('nobody'))
      for (const [what, found] of Object.entries({
        getUser: await adapter.getUser(randomUUID()),
        getUserByEmail: await adapter.getUserByEmail('non-existent-email'),
        getUserByAccount: await adapter.getUserByAccount(unknown),
        getAccount: await adapter.getAccount(unknown.providerAccountId, unknown.provider),
        getSessionAndUser: await adapter.getSessionAndUser('invalid-token'),
        updateSession: await adapter.updateSession({ sessionToken: 'invalid-token' }),
        getAuthenticator: await adapter.getAuthenticator('unknown'),
        useVerificationToken: await redeem(adapter, newCode('nobody@example.com')),
      })) {
        assert.equal(found, null, what)
      }
    })

    // nextauthjs/next-auth#4495: a deleteSession that throws on a missing row breaks signing in.
    test('does not mind removing what is not there', async (t) => {
      const { adapter } = await start(t, deployment)
      assert.equal(await adapter.deleteSession('invalid-token'), null)
      assert.equal(await adapter.unlinkAccount(nameOf(newAccount('nobody'))), undefined)
      assert.equal(await adapter.deleteUser(randomUUID()), undefined)
    })

    test('knows no passkeys of an unknown user, and refuses the counter of an unknown passkey', async (t) => {
      const { adapter } = await start(t, deployment)
      assert.deepEqual(await adapter.listAuthenticatorsByUserId(randomUUID()), [])
      await assert.rejects(
        adapter.updateAuthenticatorCounter('unknown', 1),
        failure('ERR_AUTHENTICATOR_NOT_FOUND'),
      )
    })

    test('refuses what cannot be kept with an error of its own', async (t) => {
      const { adapter, ada } = await start(t, deployment)
      const circular = newAccount(ada.id)
      circular.self = circular
      for (const call of [
        () => adapter.linkAccount(newAccount(ada.id, { expires_at: 1_893_456_000n })),
        () => adapter.linkAccount(circular),
        () => adapter.linkAccount(newAccount('not an id')),
        () => adapter.linkAccount(newAccount(ada.id, { provider: undefined })),
        () => adapter.createSession(newSession('(Ada)')),
        () => adapter.createSession({ ...newSession(ada.id), expires: '2030-01-01T00:00:00.000Z' }),
        () => adapter.createSession({ ...newSession(ada.id), expires: new Date(Number.NaN) }),
        () => adapter.createAuthenticator(newPasskey(ada.id, { counter: -1 })),
        () => adapter.createAuthenticator(newPasskey('')),
      ]) {
        await assert.rejects(call, failure('ERR_INVALID_ARGUMENT'), String(call))
      }
    })
  })
}
