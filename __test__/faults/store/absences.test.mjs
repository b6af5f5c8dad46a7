import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ALL_ON, anotherAdapter, startSandbox } from '../../../testing/adapter.mjs'
import { removeAtTheApi } from '../../../testing/directories.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA, BOB } from '../../../testing/people.mjs'
import { nameOf } from '../../../testing/records.mjs'
import { command, startDamaged, stop } from './subject.mjs'

after(stop)

const MONTH = 30 * 24 * 3_600_000 // ms

/** Look-ups that are under way are shared for a quarter of a second. */
const UNSHARED = 300 // ms

/** How the API comes not to know Ada. @returns the adapter that asks it, and what mends it */
const ABSENCES = {
  'answers 404': async (_t, { adapter, sandbox }) => {
    const fault = sandbox.inject({ route: 'fetch', type: 'status', status: 404, code: 'NOT_FOUND' })
    return { adapter, mend: () => fault.remove() }
  },
  'has lost her': async (_t, { adapter, sandbox, ada }) => {
    await removeAtTheApi(sandbox, ada.id)
    return { adapter, mend: () => sandbox.users.add({ ...ADA, id: ada.id }) }
  },
  'is that of another environment': async (t, { adapter, store, ada }) => {
    const { account } = ada.keys
    const keyPrefix = account.slice(0, account.lastIndexOf('account:'))
    const staging = await startSandbox(t, { users: [BOB] })
    const options = { ...ALL_ON, store, keyPrefix, userCacheTtl: 0 }
    return { adapter: anotherAdapter(staging, options), mended: adapter, mend() {} }
  },
}

/** What leads to Ada, or to nobody. */
const READS = {
  session: async (adapter, { session }) =>
    (await adapter.getSessionAndUser(session.sessionToken))?.user.id,
  'user of an account': async (adapter, { account }) =>
    (await adapter.getUserByAccount(nameOf(account)))?.id,
  account: async (adapter, { account }) =>
    (await adapter.getAccount(account.providerAccountId, account.provider))?.userId,
  passkey: async (adapter, { passkey }) =>
    (await adapter.getAuthenticator(passkey.credentialID))?.userId,
  'list of passkeys': async (adapter, { id }) =>
    (await adapter.listAuthenticatorsByUserId(id))[0]?.userId,
}

/** How long what belongs to Ada stays, in milliseconds; -1 for ever. */
async function lifetimes({ keys }) {
  const kinds = ['account', 'accounts-of', 'authenticator', 'authenticators-of']
  return Promise.all(kinds.map((kind) => command('PTTL', keys[kind])))
}

describe('an API that does not know a person for a moment', { concurrency: 4 }, () => {
  for (const [what, absent] of Object.entries(ABSENCES)) {
    for (const [read, whose] of Object.entries(READS)) {
      test(`because it ${what} ends nothing when a ${read} is read`, async (t) => {
        const subject = await startDamaged(t, { userCacheTtl: 0 })
        const { ada } = subject
        const { adapter, mended = adapter, mend } = await absent(t, subject)
        await sleep(UNSHARED)
        assert.equal(await whose(adapter, ada), undefined)
        assert.equal(await whose(adapter, ada), undefined)
        mend()
        await sleep(UNSHARED)
        for (const [name, again] of Object.entries(READS)) {
          assert.equal(await again(mended, ada), ada.id, name)
        }
        assert.deepEqual(await lifetimes(ada), [-1, -1, -1, -1])
      })
    }

    test(`because it ${what} lets nobody else have a passkey`, async (t) => {
      const subject = await startDamaged(t, { userCacheTtl: 0 })
      const { ada } = subject
      const { adapter, mended = adapter, mend } = await absent(t, subject)
      const bob = await adapter.getUserByEmail(BOB.email)
      const theft = adapter.createAuthenticator({ ...ada.passkey, userId: bob.id })
      await assert.rejects(theft, failure('ERR_AUTHENTICATOR_TAKEN'))
      mend()
      await sleep(UNSHARED)
      assert.deepEqual(await mended.getAuthenticator(ada.passkey.credentialID), ada.passkey)
    })

    test(`because it ${what} ends what it never knows again, after a month`, async (t) => {
      const subject = await startDamaged(t, { userCacheTtl: 0 })
      const { ada } = subject
      const { adapter } = await absent(t, subject)
      await sleep(UNSHARED)
      for (const whose of Object.values(READS)) assert.equal(await whose(adapter, ada), undefined)
      for (const ttl of await lifetimes(ada)) {
        assert.ok(MONTH - 60_000 < ttl && ttl <= MONTH, `it ends in ${ttl} ms`)
      }
    })
  }
})
