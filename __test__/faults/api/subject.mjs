/**
 * An adapter with everything on, somebody who has everything, and what can be done for them.
 */
import { MemoryStore } from '../../../index.js'
import { ALL_ON, reach, startAdapter } from '../../../testing/adapter.mjs'
import { startDirectory } from '../../../testing/directories.mjs'
import { ADA, BOB } from '../../../testing/people.mjs'
import { nameOf, newAccount, newPasskey, newSession } from '../../../testing/records.mjs'

/**
 * An adapter that keeps no snapshots: what needs a user asks for it.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options] of the adapter
 * @param {object} [sandboxOptions]
 */
export function start(t, options, sandboxOptions) {
  const all = { ...ALL_ON, userCacheTtl: 0, ...options }
  return startAdapter(t, all, { users: [ADA, BOB], ...sandboxOptions })
}

/**
 * The same with users of a kind, whom the sandbox has as `people`.
 *
 * @param {import('../../../testing/directories.mjs').Directory} directory
 */
export async function startWith(t, directory, options, sandboxOptions) {
  const sandbox = await startDirectory(t, directory, { users: [ADA, BOB], ...sandboxOptions })
  const adapter = directory.createAdapter({
    ...reach(sandbox),
    ...{ ...ALL_ON, store: new MemoryStore(), retries: 0, userCacheTtl: 0 },
    ...options,
  })
  return { adapter, sandbox, ada: sandbox.people.findByEmail(ADA.email) }
}

/** Gives the user `id` a session, a linked account and a passkey. */
export async function equip(adapter, id) {
  const [session, account, passkey] = [newSession(id), newAccount(id), newPasskey(id)]
  await adapter.createSession(session)
  await adapter.linkAccount(account)
  await adapter.createAuthenticator(passkey)
  return { session, account, passkey }
}

/**
 * @typedef {object} Operation
 * @property {string} route the API's, which it needs
 * @property {(adapter: object, person: object) => Promise<unknown>} call
 * @property {(outcome: any, person: object) => boolean} succeeded
 */

/** What needs the API; the deletion last, which ends the rest. @type {Record<string, Operation>} */
export const OPERATIONS = {
  'a person is looked up by address': {
    route: 'list',
    call: (adapter) => adapter.getUserByEmail(ADA.email),
    succeeded: (user, { id }) => user.id === id,
  },
  'a person is looked up by id': {
    route: 'fetch',
    call: (adapter, { id }) => adapter.getUser(id),
    succeeded: (user, { id }) => user.id === id,
  },
  'a person is changed': {
    route: 'update',
    call: (adapter, { id }) => adapter.updateUser({ id, name: 'Countess' }),
    succeeded: (user, { id }) => user.id === id && user.name === 'Countess',
  },
  'a session is read': {
    route: 'fetch',
    call: (adapter, { session }) => adapter.getSessionAndUser(session.sessionToken),
    succeeded: (found, { id, session }) =>
      found.user.id === id && found.session.sessionToken === session.sessionToken,
  },
  'somebody signs in with a linked account': {
    route: 'fetch',
    call: (adapter, { account }) => adapter.getUserByAccount(nameOf(account)),
    succeeded: (user, { id }) => user.id === id,
  },
  'a passkey is looked up': {
    route: 'fetch',
    call: (adapter, { passkey }) => adapter.getAuthenticator(passkey.credentialID),
    succeeded: (found, { passkey }) => found.credentialID === passkey.credentialID,
  },
  'a person is deleted': {
    route: 'delete',
    call: (adapter, { id }) => adapter.deleteUser(id),
    succeeded: (outcome) => outcome === undefined,
  },
}
