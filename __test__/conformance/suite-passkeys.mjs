import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { all, newPasskey } from '../../testing/records.mjs'
import { start } from './subject.mjs'

const byId = (one, other) => (one.credentialID < other.credentialID ? -1 : 1)

/** @param {import('./conformance.mjs').Deployment} deployment */
export function passkeysSuite(deployment) {
  describe('passkeys', { concurrency: 1 }, () => {
    test('are returned and found as they were stored', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      for (const passkey of [
        newPasskey(ada.id),
        newPasskey(ada.id, { transports: null }),
        newPasskey(ada.id, { transports: undefined, counter: 2 ** 32 - 1 }),
      ]) {
        if (passkey.transports === undefined) delete passkey.transports
        assert.deepEqual(await adapter.createAuthenticator(passkey), passkey)
        assert.deepEqual(await other.getAuthenticator(passkey.credentialID), passkey)
      }
    })

    test('are listed by user, all of them and nobody else’s', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const passkeys = await all(5, () => newPasskey(ada.id))
      for (const passkey of passkeys) await adapter.createAuthenticator(passkey)
      assert.deepEqual(await other.listAuthenticatorsByUserId(bob.id), [])
      await adapter.createAuthenticator(newPasskey(bob.id))
      for (const it of [adapter, other]) {
        const listed = await it.listAuthenticatorsByUserId(ada.id)
        assert.deepEqual(listed.sort(byId), passkeys.toSorted(byId))
      }
    })

    // A peer drops the rest of the index when the first one is updated.
    test('count up, one without the others, and stay listed', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const [one, two] = await all(2, () => newPasskey(ada.id))
      await adapter.createAuthenticator(one)
      await adapter.createAuthenticator(two)
      const counted = { ...one, counter: 7 }
      assert.deepEqual(await other.updateAuthenticatorCounter(one.credentialID, 7), counted)
      assert.deepEqual(await adapter.getAuthenticator(one.credentialID), counted)
      assert.deepEqual(await adapter.getAuthenticator(two.credentialID), two)
      const listed = await other.listAuthenticatorsByUserId(ada.id)
      assert.deepEqual(listed.sort(byId), [counted, two].sort(byId))
    })

    test('never count back, whichever of many sign-ins ends last', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const passkey = newPasskey(ada.id)
      await adapter.createAuthenticator(passkey)
      await all(20, (n) =>
        (n % 2 ? adapter : other).updateAuthenticatorCounter(passkey.credentialID, 20 - n),
      )
      assert.equal((await adapter.getAuthenticator(passkey.credentialID)).counter, 20)
      assert.equal((await other.updateAuthenticatorCounter(passkey.credentialID, 3)).counter, 20)
    })

    test('that somebody has registered are refused and stay as they are', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const passkey = newPasskey(ada.id)
      await adapter.createAuthenticator(passkey)
      for (const taken of [
        { ...passkey, userId: bob.id },
        { ...passkey, credentialPublicKey: 'another' },
      ]) {
        const theft = other.createAuthenticator(taken)
        await assert.rejects(theft, failure('ERR_AUTHENTICATOR_TAKEN'))
      }
      assert.deepEqual(await other.getAuthenticator(passkey.credentialID), passkey)
      assert.deepEqual(await other.listAuthenticatorsByUserId(bob.id), [])
      assert.deepEqual(await other.listAuthenticatorsByUserId(ada.id), [passkey])
    })

    test('that are created twice are refused the second time', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const passkey = newPasskey(ada.id)
      await adapter.createAuthenticator(passkey)
      await adapter.updateAuthenticatorCounter(passkey.credentialID, 3)
      const again = other.createAuthenticator(passkey)
      await assert.rejects(again, failure('ERR_AUTHENTICATOR_TAKEN'))
      assert.equal((await adapter.getAuthenticator(passkey.credentialID)).counter, 3)
    })
  })
}
