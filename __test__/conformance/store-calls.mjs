/**
 * Every call of an adapter that needs its store, and how they end when there is none.
 */
import assert from 'node:assert/strict'
import { createSandbox } from '../../sandbox/index.js'
import { anotherAdapter } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import {
  nameOf,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'

/** Somebody whom the API knows: accounts are linked to nobody else. */
const ADA = { id: 'csomebody00000000000000000', email: 'ada@example.com' }
const ID = ADA.id

/** What a call may take longer than it is allowed to on a busy machine, in milliseconds. */
const SLOWNESS = 1_500

const CALLS = {
  createSession: (it) => it.createSession(newSession(ID)),
  getSessionAndUser: (it) => it.getSessionAndUser('token'),
  updateSession: (it) => it.updateSession(newSession(ID)),
  deleteSession: (it) => it.deleteSession('token'),
  linkAccount: (it) => it.linkAccount(newAccount(ID)),
  unlinkAccount: (it) => it.unlinkAccount(nameOf(newAccount(ID))),
  getUserByAccount: (it) => it.getUserByAccount(nameOf(newAccount(ID))),
  getAccount: (it) => it.getAccount('id', 'github'),
  createAuthenticator: (it) => it.createAuthenticator(newPasskey(ID)),
  getAuthenticator: (it) => it.getAuthenticator('id'),
  listAuthenticatorsByUserId: (it) => it.listAuthenticatorsByUserId(ID),
  updateAuthenticatorCounter: (it) => it.updateAuthenticatorCounter('id', 1),
  createVerificationToken: (it) => it.createVerificationToken(newCode('ada@example.com')),
  useVerificationToken: (it) => redeem(it, newCode('ada@example.com')),
}

/**
 * Asserts that all calls, made at once, end with an error of that code, in time, and that no error
 * holds one of the secrets.
 *
 * @param {object} store
 * @param {string | string[]} codes any of them
 * @param {{ timeout?: number, secrets?: string[] }} [options] of the store, in milliseconds
 */
export async function assertEveryCallFails(store, codes, { timeout = 5_000, secrets = [] } = {}) {
  const sandbox = createSandbox({ users: [ADA] })
  await sandbox.listen()
  const adapter = anotherAdapter(sandbox, { store, keyPrefix: 'secret-prefix:' })
  const began = performance.now()
  const all = Object.entries(CALLS).map(async ([name, call]) => {
    const error = await call(adapter).then(
      (value) => assert.fail(`${name} resolved with ${value}`),
      (reason) => reason,
    )
    assert.ok([codes].flat().includes(error.code), `${name}: ${error.stack}`)
    failure(error.code)(error)
    assert.equal(error.operation, name)
    for (const secret of [...secrets, 'ada@example.com', 'secret-prefix']) {
      assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes(secret), `${name}: ${error}`)
    }
    const took = performance.now() - began
    assert.ok(took < timeout + SLOWNESS, `${name} took ${took} ms`)
    return error
  })
  return Promise.all(all).finally(() => sandbox.close())
}
