import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { nameOf, newAccount } from '../../testing/records.mjs'
import { kinds, start } from './subject.mjs'

const lookUp = (adapter, { provider, providerAccountId }) =>
  adapter.getAccount(providerAccountId, provider)

/** @param {import('./conformance.mjs').Deployment} deployment */
export function accountsSuite(deployment) {
  describe('accounts', { concurrency: 1 }, () => {
    test('keep all their fields', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const account = newAccount(ada.id, {
        id_token: `${'a'.repeat(20_000)}.${'b'.repeat(20_000)}.${'c'.repeat(300)}`,
        nested: { list: [1, null, { deep: [true, 'x', {}] }], empty: [] },
        unicode: 'Ünïcödé 🦊 \u0000\u001f "quoted" \\ \u2028 عربى',
        'a key: with/every?thing': '',
        number: -12.5,
        large: Number.MAX_SAFE_INTEGER,
        no: false,
        nothing: null,
      })
      assert.deepEqual(await adapter.linkAccount(account), account)
      for (const it of [adapter, other]) assert.deepEqual(await lookUp(it, account), account)
      assert.deepEqual(await adapter.unlinkAccount(nameOf(account)), account)
    })

    test('keep fractions to the last digit', async (t) => {
      const { adapter, ada } = await start(t, deployment)
      const fractions = [0.1 + 0.2, 1 / 3, 5e-324, 1.797_693_134_862_315_7e308, 1e21, 123_456.789]
      fractions.push(
        ...Array.from({ length: 500 }, () => Math.random() * 10 ** (Math.random() * 40 - 20)),
      )
      const account = newAccount(ada.id, { fractions })
      await adapter.linkAccount(account)
      const kept = (await lookUp(adapter, account)).fractions
      assert.deepEqual(
        kept.filter((fraction, n) => fraction !== fractions[n]),
        [],
      )
    })

    // Peers revive whatever looks like a date.
    test('keep texts that look like dates as texts', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const dates = {
        scope: '2024-01-01T00:00:00.000Z',
        id_token: '2024-01-01',
        nested: { at: new Date(0).toISOString() },
      }
      const account = newAccount(ada.id, { providerAccountId: '2024-01-01T00:00:00Z', ...dates })
      await adapter.linkAccount(account)
      assert.deepEqual(await lookUp(other, account), account)
      assert.deepEqual(await adapter.unlinkAccount(nameOf(account)), account)
    })

    test('are looked up by id and provider, in that order', async (t) => {
      const { adapter, ada } = await start(t, deployment)
      const account = newAccount(ada.id, { provider: 'one', providerAccountId: 'two' })
      await adapter.linkAccount(account)
      assert.deepEqual(await adapter.getAccount('two', 'one'), account)
      assert.equal(await adapter.getAccount('one', 'two'), null)
      assert.equal(await adapter.getAccount('two', 'two'), null)
      assert.equal(await adapter.getAccount('one', 'one'), null)
    })

    // Peers write the key with a literal " + " in it, and never remove it.
    test('are gone once unlinked, and can be linked again, by anybody', async (t) => {
      const { adapter, other, ada, bob, entries } = await start(t, deployment)
      const account = newAccount(ada.id)
      await adapter.linkAccount(account)
      assert.deepEqual(await other.unlinkAccount(nameOf(account)), account)
      for (const it of [adapter, other]) {
        assert.equal(await it.getUserByAccount(nameOf(account)), null)
        assert.equal(await lookUp(it, account), null)
        assert.equal(await it.unlinkAccount(nameOf(account)), undefined)
      }
      if (deployment.keys) assert.deepEqual(kinds(await entries()), {})
      await other.linkAccount({ ...account, userId: bob.id })
      assert.equal((await adapter.getUserByAccount(nameOf(account))).id, bob.id)
    })

    test('that are linked again to the same user get their new fields', async (t) => {
      const { adapter, other, ada } = await start(t, deployment)
      const account = newAccount(ada.id)
      await adapter.linkAccount(account)
      const renewed = { ...account, access_token: 'new', extra: 1 }
      delete renewed.refresh_token
      await other.linkAccount(renewed)
      assert.deepEqual(await lookUp(adapter, account), renewed)
    })

    test('of somebody else are refused and stay as they are', async (t) => {
      const { adapter, other, ada, bob } = await start(t, deployment)
      const account = newAccount(ada.id)
      await adapter.linkAccount(account)
      const theft = { ...account, userId: bob.id }
      await assert.rejects(other.linkAccount(theft), failure('ERR_ACCOUNT_TAKEN'))
      assert.deepEqual(await lookUp(other, account), account)
      assert.equal((await other.getUserByAccount(nameOf(account))).id, ada.id)
    })

    test('one user can have any number of, at one provider and at many', async (t) => {
      const { adapter, ada } = await start(t, deployment)
      const accounts = ['github', 'github', 'google', 'webauthn'].map((provider) =>
        newAccount(ada.id, { provider }),
      )
      for (const account of accounts) await adapter.linkAccount(account)
      await adapter.unlinkAccount(nameOf(accounts[0]))
      assert.equal(await lookUp(adapter, accounts[0]), null)
      for (const account of accounts.slice(1)) {
        assert.deepEqual(await lookUp(adapter, account), account)
      }
    })
  })
}
