/**
 * What Auth.js expects of its own adapters, with a model of users that has fields of its own: 22
 * expectations, one after the other over one user. What was written is read by another server.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { MemoryStore } from '../../index.js'
import { createSandbox } from '../../sandbox/index.js'
import { ALL_ON, anotherAdapter } from '../../testing/adapter.mjs'
import {
  nameOf,
  newAccount,
  newCode,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'

const DAY = 86_400_000 // ms

const SAMPLE = {
  email: 'fran@example.com',
  name: 'Fran Doe',
  image: 'https://example.com/fran.png',
  emailVerified: new Date(1_700_000_000_123),
  role: 'admin',
  phone: '00000000000',
}

/** The members that the model has; users have others besides, such as `createdAt`. */
const model = (user) =>
  user && Object.fromEntries(['id', ...Object.keys(SAMPLE)].map((name) => [name, user[name]]))

describe('What Auth.js expects of an adapter', () => {
  const sandbox = createSandbox()
  let adapter
  let reader
  let user
  let session
  let account
  let passkey

  before(async () => {
    await sandbox.listen()
    const options = { ...ALL_ON, userFields: ['role', 'phone'], store: new MemoryStore() }
    adapter = anotherAdapter(sandbox, options)
    reader = anotherAdapter(sandbox, options)
  })
  after(() => sandbox.close())

  const has = (...methods) => {
    for (const method of methods) assert.equal(typeof adapter[method], 'function', method)
  }
  const storedUser = async () => model(await reader.getUser(user.id))
  const storedSession = async () => {
    const found = await reader.getSessionAndUser(session.sessionToken)
    return found?.session ?? null
  }
  const storedAccount = () => reader.getAccount(account.providerAccountId, account.provider)

  test('has the methods for users, accounts and sessions', () => {
    has('createUser', 'getUser', 'getUserByEmail', 'getUserByAccount', 'updateUser')
    has('linkAccount', 'createSession', 'getSessionAndUser', 'updateSession', 'deleteSession')
  })

  test('createUser keeps every member, and gives an id', async () => {
    const { id } = await adapter.createUser({ id: randomUUID(), ...SAMPLE })
    user = { id, ...SAMPLE }
    assert.deepEqual(await storedUser(), user)
  })

  test('getUser finds by id alone', async () => {
    assert.equal(await adapter.getUser(randomUUID()), null)
    assert.deepEqual(model(await adapter.getUser(user.id)), user)
  })

  test('getUserByEmail finds by address alone', async () => {
    assert.equal(await adapter.getUserByEmail('no-such-address'), null)
    assert.deepEqual(model(await adapter.getUserByEmail(user.email)), user)
  })

  test('createSession keeps the session', async () => {
    session = newSession(user.id, 7 * DAY)
    await adapter.createSession(session)
    assert.deepEqual(await storedSession(), session)
  })

  test('getSessionAndUser has both, or null', async () => {
    assert.equal(await adapter.getSessionAndUser('no-such-token'), null)
    const found = await adapter.getSessionAndUser(session.sessionToken)
    assert.deepEqual({ ...found, user: model(found.user) }, { session, user })
  })

  test('updateUser changes what it is given, and nothing else', async () => {
    user = { ...user, name: 'Fran Roe' }
    const updated = await adapter.updateUser({ id: user.id, name: user.name })
    assert.deepEqual(model(updated), user)
    assert.deepEqual(await storedUser(), user)
  })

  test('updateSession moves the end', async () => {
    const expires = new Date(Date.now() + 30 * DAY)
    const { sessionToken } = session
    await adapter.updateSession({ sessionToken, expires })
    assert.deepEqual(await storedSession(), { ...session, expires })
  })

  test('linkAccount keeps the link', async () => {
    account = newAccount(user.id, { id_token: randomUUID(), session_state: randomUUID() })
    await adapter.linkAccount(account)
    assert.deepEqual(nameOf(await storedAccount()), nameOf(account))
  })

  test('getUserByAccount finds by both names of an account', async () => {
    const nobody = { provider: 'no-provider', providerAccountId: 'no-account' }
    assert.equal(await adapter.getUserByAccount(nobody), null)
    assert.deepEqual(model(await adapter.getUserByAccount(nameOf(account))), user)
  })

  test('deleteSession ends the session', async () => {
    await adapter.deleteSession(session.sessionToken)
    assert.equal(await storedSession(), null)
  })

  test('has the methods for codes', () => has('createVerificationToken', 'useVerificationToken'))

  test('createVerificationToken keeps the code', async () => {
    const code = newCode('info@example.com')
    assert.deepEqual(await adapter.createVerificationToken(code), code)
    assert.deepEqual(await redeem(reader, code), code)
  })

  test('useVerificationToken gives a code once', async () => {
    const code = newCode('info@example.com')
    await adapter.createVerificationToken(code)
    assert.deepEqual(await redeem(adapter, code), code)
    assert.equal(await redeem(adapter, code), null)
  })

  test('has the methods that Auth.js does not call yet', () => has('unlinkAccount', 'deleteUser'))

  test('unlinkAccount removes the link', async () => {
    await adapter.unlinkAccount(nameOf(account))
    assert.equal(await storedAccount(), null)
  })

  test('has the methods for passkeys', () => {
    has('getAccount', 'createAuthenticator', 'getAuthenticator')
    has('listAuthenticatorsByUserId', 'updateAuthenticatorCounter')
  })

  test('createAuthenticator keeps the passkey', async () => {
    passkey = newPasskey(user.id)
    await adapter.createAuthenticator(passkey)
    assert.deepEqual(await reader.getAuthenticator(passkey.credentialID), passkey)
  })

  test('getAuthenticator finds by the id of the credential alone', async () => {
    assert.equal(await adapter.getAuthenticator('no-such-credential'), null)
    assert.deepEqual(await adapter.getAuthenticator(passkey.credentialID), passkey)
  })

  test('listAuthenticatorsByUserId has those of one user', async () => {
    const second = newPasskey(user.id)
    await adapter.createAuthenticator(second)
    const listed = await adapter.listAuthenticatorsByUserId(user.id)
    const ids = listed.map(({ credentialID }) => credentialID)
    assert.deepEqual(ids.sort(), [passkey.credentialID, second.credentialID].sort())
    assert.deepEqual(await adapter.listAuthenticatorsByUserId(randomUUID()), [])
  })

  test('updateAuthenticatorCounter counts, and only of what is there', async () => {
    const counted = await adapter.updateAuthenticatorCounter(passkey.credentialID, 7)
    assert.deepEqual(counted, { ...passkey, counter: 7 })
    assert.deepEqual(await reader.getAuthenticator(passkey.credentialID), counted)
    await assert.rejects(adapter.updateAuthenticatorCounter('no-such-credential', 1))
  })

  test('deleteUser takes sessions and links along', async () => {
    session = newSession(user.id)
    await adapter.createSession(session)
    await adapter.linkAccount(account)
    await adapter.deleteUser(user.id)
    assert.equal(await storedUser(), null)
    assert.equal(await storedSession(), null)
    assert.equal(await storedAccount(), null)
  })
})
