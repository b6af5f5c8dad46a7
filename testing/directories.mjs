/**
 * The two kinds of users, as tests that hold for both speak of them: each has an adapter, people, and a
 * view of the sandbox in which routes have the names that those of sub-accounts have.
 */
import { ChatBotKitContactAdapter, ChatBotKitPartnerAdapter } from '../index.js'
import { startSandbox } from './adapter.mjs'

/**
 * @typedef {object} Directory
 * @property {string} name
 * @property {(options: object) => object} createAdapter takes the options of the partner adapter
 * @property {string[]} members what its users have beside what all users have
 * @property {(sandbox: import('../sandbox/index.js').Sandbox) => object} viewOf the sandbox, with `people`
 *   and the `path` of their routes
 */

/** @type {Directory} */
export const SUB_ACCOUNTS = {
  name: 'sub-accounts',
  createAdapter: (options) => ChatBotKitPartnerAdapter({ apiRoutes: 'partner', ...options }),
  members: [],
  viewOf: (sandbox) => ({ __proto__: sandbox, path: 'partner/user', people: sandbox.users }),
}

/** @type {Directory} */
export const CONTACTS = {
  name: 'contacts',
  createAdapter({ autoCreateUser, autoUpdateUser, autoDeleteUser, ...options }) {
    return ChatBotKitContactAdapter({
      ...options,
      autoCreateContact: autoCreateUser,
      autoUpdateContact: autoUpdateUser,
      autoDeleteContact: autoDeleteUser,
    })
  },
  members: ['fingerprint', 'nick', 'phone', 'preferences', 'verifiedAt'],
  viewOf: (sandbox) => ({
    __proto__: sandbox,
    path: 'contact',
    people: peopleOf(sandbox.contacts),
    inject: ({ route, match, ...fault }) =>
      sandbox.inject({
        ...fault,
        ...(route && { route: ROUTES[route] }),
        ...(match && { match: (entry) => match(asOfSubAccounts(entry)) }),
      }),
    get requests() {
      return sandbox.requests.map(asOfSubAccounts)
    },
  }),
}

export const DIRECTORIES = [SUB_ACCOUNTS, CONTACTS]

/** The contacts' routes, by the names of those that do the same with sub-accounts. */
const ROUTES = {
  list: 'contact/list',
  fetch: 'contact/fetch',
  create: 'contact/ensure',
  update: 'contact/update',
  delete: 'contact/delete',
}

const NAMES = Object.fromEntries(Object.entries(ROUTES).map(([name, route]) => [route, name]))

/** Contacts have one generation of routes, which is also the first that there is of sub-accounts. */
function asOfSubAccounts(entry) {
  return { ...entry, route: NAMES[entry.route], generation: 'partner' }
}

/** Contacts that another program has made and verified, through what sub-accounts have, too. */
function peopleOf(contacts) {
  const withImage = (contact) => contact && { ...contact, image: contact.meta?.image }
  const all = () => contacts.all().map(withImage)
  return {
    all,
    get: (id) => withImage(contacts.get(id)),
    findByEmail: (email) => all().find((it) => it.email === email) ?? null,
    add({ image, meta, ...person }) {
      const { email, createdAt: verifiedAt = Date.now() } = person
      const kept = { email, ...(image && { image }), ...meta }
      return withImage(contacts.add({ ...person, verifiedAt, meta: kept }))
    },
  }
}

/**
 * A sandbox that ends with the test, as a directory's tests see it.
 *
 * @param {import('node:test').TestContext} t
 * @param {Directory} directory
 * @param {object} [options] of the sandbox; `users` are people, of whatever kind
 */
export async function startDirectory(t, directory, { users = [], ...options } = {}) {
  const view = directory.viewOf(await startSandbox(t, options))
  for (const person of users) view.people.add(person)
  return view
}

/** Removes somebody at the API, behind the adapters' backs. */
export async function removeAtTheApi({ url, secret, path = 'partner/user' }, id) {
  const response = await fetch(`${url}/v1/${path}/${id}/delete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: '{}',
  })
  if (!response.ok) throw new Error(`The sandbox answered ${response.status}`)
}
