import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ADA } from '../../testing/people.mjs'
import { newAccount, newCode, newPasskey, newSession, redeem } from '../../testing/records.mjs'
import { start } from './subject.mjs'

const SECRET = 'sk-partner-0123456789-abcdef'

/** The ways in which a text can stand in a store and still be read. */
function spellings(text) {
  const encoded = ['base64', 'base64url', 'hex'].map((encoding) =>
    Buffer.from(text).toString(encoding).replace(/=+$/, ''),
  )
  return [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), ...encoded]
}

/** @param {import('./conformance.mjs').Deployment} deployment */
export function secrecySuite(deployment) {
  if (!deployment.keys) return

  describe('who reads the store', { concurrency: 1 }, () => {
    test('finds no session token, no code, no address, no OAuth token, no passkey and no secret', async (t) => {
      const api = { secret: SECRET, users: [ADA] }
      const { adapter, other, ada, entries } = await start(t, deployment, {}, api)
      const session = newSession(ada.id)
      await adapter.createSession(session)
      await other.getSessionAndUser(session.sessionToken)
      const codes = [newCode(ADA.email), newCode(ADA.email), newCode('Eve@Example.com')]
      for (const code of codes) await adapter.createVerificationToken(code)
      await redeem(adapter, codes[0])
      await redeem(adapter, newCode(ADA.email))
      const account = newAccount(ada.id)
      await adapter.linkAccount(account)
      const passkey = newPasskey(ada.id)
      await adapter.createAuthenticator(passkey)

      const found = await entries()
      const dump = JSON.stringify(found.map(({ key, value }) => [key, value])).toLowerCase()
      assert.ok(found.length >= 7, `the dump has only ${found.length} entries`)
      assert.ok(dump.includes('sealed'), 'the dump does not show values')
      for (const secret of [
        ...[
          SECRET,
          session.sessionToken,
          ADA.email,
          ADA.name,
          'eve@example.com',
          'Eve@Example.com',
          ...[account.access_token, account.refresh_token, passkey.credentialPublicKey],
        ],
        ...codes.map(({ token }) => token),
      ]) {
        for (const spelling of spellings(secret)) {
          assert.ok(!dump.includes(spelling.toLowerCase()), `${secret} stands there as ${spelling}`)
        }
      }
    })

    test('finds keys of a short and plain form only, whatever people supply', async (t) => {
      const { adapter, ada, entries } = await start(t, deployment)
      const long = 'ü:/*?{}\0\r\n'.repeat(10_000)
      await adapter.createVerificationToken(newCode(long))
      await adapter.createSession({ ...newSession(ada.id), sessionToken: long })
      await adapter.linkAccount(newAccount(ada.id, { provider: long, providerAccountId: long }))
      await adapter.createAuthenticator(newPasskey(ada.id, { credentialID: long }))
      const found = await entries()
      assert.equal(found.length, 7)
      for (const { key } of found) assert.match(key, /^[a-z-]+:[\w-]{1,64}(:json)?$/)
    })

    test('cannot make one user pass for another by exchanging what stands there', async (t) => {
      const { adapter, other, ada, bob, entries, put } = await start(t, deployment)
      const session = newSession(ada.id)
      await adapter.createSession(session)
      const ofBob = newSession(bob.id)
      await adapter.createSession(ofBob)
      await adapter.getSessionAndUser(ofBob.sessionToken)
      const snapshot = (await entries()).find(({ key }) => key === `user:${bob.id}`)
      for (const value of [JSON.parse(snapshot.value), { encrypted: 'x' }, { user: bob }, [], 5]) {
        await put(`user:${ada.id}`, value)
        assert.equal((await other.getSessionAndUser(session.sessionToken)).user.id, ada.id)
      }
    })
  })
}
