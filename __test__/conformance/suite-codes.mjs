import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ADA, BOB } from '../../testing/people.mjs'
import { all, issueCode, newCode, redeem } from '../../testing/records.mjs'
import { past } from '../../testing/waiting.mjs'
import { keptBeyondItsEnd, start } from './subject.mjs'

/** @param {import('./conformance.mjs').Deployment} deployment */
export function codesSuite(deployment) {
  describe('codes', { concurrency: 1 }, () => {
    test('come back exactly as they were stored, once', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const code = newCode(ADA.email)
      assert.deepEqual(await adapter.createVerificationToken(code), code)
      const redeemed = await other.useVerificationToken({ ...code, expires: undefined })
      assert.deepEqual(redeemed, code)
      assert.ok(redeemed.expires instanceof Date)
      for (const it of [adapter, other]) assert.equal(await redeem(it, code), null)
    })

    test('can be made again after they were used', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const code = newCode(ADA.email)
      for (const [here, there] of [
        [adapter, other],
        [other, adapter],
        [adapter, adapter],
      ]) {
        await here.createVerificationToken(code)
        assert.deepEqual(await redeem(there, code), code)
        assert.equal(await redeem(here, code), null)
      }
    })

    // GHSA-4rxr-27mm-mxq9: an adapter that matched the identifier only.
    test('are null for another identifier, and for the identifier with another code', async (t) => {
      const { adapter } = await start(t, deployment)
      const [ofAda, ofBob] = [newCode(ADA.email), newCode(BOB.email)]
      await adapter.createVerificationToken(ofAda)
      await adapter.createVerificationToken(ofBob)
      assert.equal(await redeem(adapter, { ...ofAda, identifier: BOB.email }), null)
      assert.equal(await redeem(adapter, newCode(ADA.email)), null)
      const { token } = ofAda
      assert.equal(await adapter.useVerificationToken({ token }), null)
      assert.deepEqual(await redeem(adapter, ofAda), ofAda)
      assert.deepEqual(await redeem(adapter, ofBob), ofBob)
    })

    test('are null once they have ended', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const [short, long] = [newCode(ADA.email, 300), newCode(ADA.email)]
      await adapter.createVerificationToken(short)
      await adapter.createVerificationToken(long)
      await past(short.expires)
      assert.equal(await redeem(other, short), null)
      assert.deepEqual(await redeem(other, long), long)
    })

    test('of one identifier stand side by side and are each used once', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const codes = await all(5, () => newCode(ADA.email))
      await Promise.all(codes.map((code) => adapter.createVerificationToken(code)))
      const redeemed = await Promise.all(codes.map((code) => redeem(other, code)))
      assert.deepEqual(redeemed, codes)
    })

    test('work for identifiers of every kind', async (t) => {
      const { adapter, other } = await start(t, deployment)
      for (const identifier of [
        ...['a:b@example.com', 'a/b@example.com', 'a?b#c@example.com', '*@example.com'],
        ...['{slot}@example.com', 'line\r\nbreak\0@example.com', 'ünïcödé 🦊@example.com'],
        ...['+49 170 1234567', '', `${'long'.repeat(1_250)}@example.com`],
      ]) {
        const code = await issueCode(adapter, identifier)
        assert.deepEqual(await redeem(other, code), code, identifier)
        assert.equal(await redeem(adapter, code), null, identifier)
      }
    })

    test('are void after five wrong ones, through whichever instance they come', async (t) => {
      const { adapter, other } = await start(t, deployment)
      const code = await issueCode(adapter, ADA.email)
      await all(5, (number) => redeem(number % 2 ? adapter : other, newCode(ADA.email)))
      assert.equal(await redeem(adapter, code), null)
    })

    test('survive an API that is down while they are redeemed', async (t) => {
      const { adapter, other, sandbox } = await start(t, deployment)
      const code = await issueCode(adapter, ADA.email)
      const outage = sandbox.inject({ type: 'status', status: 503 })
      await assert.rejects(redeem(other, code))
      outage.remove()
      assert.deepEqual(await redeem(adapter, code), code)
    })

    if (!deployment.persist) return

    test('that have ended are null even from a store that still has them', async (t) => {
      const subject = await start(t, deployment)
      const { adapter, other } = subject
      const code = await keptBeyondItsEnd(subject, 'codes:', (lifetime) =>
        issueCode(adapter, ADA.email, lifetime),
      )
      assert.equal(await redeem(other, code), null)
    })
  })
}
