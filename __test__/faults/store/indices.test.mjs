import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { ChatBotKitError } from '../../../index.js'
import { newAccount, newPasskey, newSession } from '../../../testing/records.mjs'
import { command, startDamaged, stop } from './subject.mjs'

after(stop)

const INDICES = ['sessions-of', 'accounts-of', 'authenticators-of']

/** Members that no index of ours holds, and those of somebody else. */
const intruders = (bob, prefix) => [
  ...['', 'x', '..', '../../x', '*', '\r\nFLUSHALL\r\n', 'session:', 'a'.repeat(100_000)],
  ...Object.values(bob.keys).map((key) => key.slice(prefix.length)),
]

const isTyped = (error) =>
  error instanceof ChatBotKitError && !/^ERR_(INTERNAL|API_)/.test(error.code)

/** What uses the indices. */
const CALLS = {
  createSession: (adapter, { id }) => adapter.createSession(newSession(id)),
  linkAccount: (adapter, { id }) => adapter.linkAccount(newAccount(id)),
  createAuthenticator: (adapter, { id }) => adapter.createAuthenticator(newPasskey(id)),
  listAuthenticatorsByUserId: (adapter, { id }) => adapter.listAuthenticatorsByUserId(id),
  deleteUser: (adapter, { id }) => adapter.deleteUser(id),
}

/** Damages an index: its key, and whose things get into it. */
const DAMAGES = {
  'is a text': (key) => command('SET', key, 'text'),
  'is a list': async (key) => {
    await command('DEL', key)
    await command('RPUSH', key, 'x')
  },
  'is a set without order': async (key) => {
    await command('DEL', key)
    await command('SADD', key, 'x')
  },
  'is gone': (key) => command('DEL', key),
  'has members that are none': async (key, bob, prefix) => {
    for (const member of intruders(bob, prefix)) await command('ZADD', key, 'inf', member)
  },
  'has ends that are none': async (key) => {
    for (const score of ['-inf', 'inf', '1e300', '-1']) await command('ZADD', key, score, score)
  },
}

describe('an index of what belongs to a person', { concurrency: 4 }, () => {
  for (const index of INDICES) {
    for (const [what, damage] of Object.entries(DAMAGES)) {
      test(`(${index}) that ${what} takes nothing from anybody else`, async (t) => {
        const { adapter, ada, bob } = await startDamaged(t)
        const key = ada.keys[index]
        const prefix = key.slice(0, key.indexOf(index))
        await damage(key, bob, prefix)
        for (const [name, call] of Object.entries(CALLS)) {
          const outcome = await call(adapter, ada).catch((error) => error)
          if (outcome instanceof Error) assert.ok(isTyped(outcome), `${name}: ${outcome.stack}`)
          for (const passkey of Array.isArray(outcome) ? outcome : []) {
            assert.equal(passkey.userId, ada.id, name)
            assert.equal(typeof passkey.credentialID, 'string', name)
          }
        }
        // Whatever was left behind by a deletion is nobody's.
        assert.equal(await adapter.getSessionAndUser(ada.session.sessionToken), null)
        for (const bobs of Object.values(bob.keys)) {
          assert.equal(await command('EXISTS', bobs), 1, bobs)
        }
      })
    }
  }
})

describe('a record that is not even a text', { concurrency: 4 }, () => {
  for (const kind of ['session', 'account', 'authenticator', 'codes', 'user']) {
    test(`in the place of ${kind} is a typed error`, async (t) => {
      const { adapter, ada } = await startDamaged(t)
      await command('DEL', ada.keys[kind])
      await command('HSET', ada.keys[kind], 'field', 'value')
      const { session, account, passkey, code } = ada
      const { provider, providerAccountId } = account
      const outcomes = await Promise.allSettled([
        adapter.getSessionAndUser(session.sessionToken),
        adapter.getUserByAccount({ provider, providerAccountId }),
        adapter.getAccount(providerAccountId, provider),
        adapter.getAuthenticator(passkey.credentialID),
        adapter.listAuthenticatorsByUserId(ada.id),
        adapter.useVerificationToken({ identifier: code.identifier, token: code.token }),
        adapter.updateUser({ id: ada.id, name: 'Countess' }),
        adapter.unlinkAccount({ provider, providerAccountId }),
        adapter.deleteSession(session.sessionToken),
      ])
      const failed = outcomes.filter(({ status }) => status === 'rejected')
      assert.ok(failed.length > 0 || kind === 'user')
      for (const { reason } of failed) assert.match(reason.code, /^ERR_STORE/, reason.stack)
    })
  }
})
