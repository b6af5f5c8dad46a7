/** Contacts under test, as those who make them do: the adapter, other programs, visitors. */
import { createHash } from 'node:crypto'
import { ChatBotKitContactAdapter, MemoryStore } from '../../index.js'
import { reach, startSandbox } from '../../testing/adapter.mjs'

export const ALL_ON = {
  autoCreateContact: true,
  autoUpdateContact: true,
  autoDeleteContact: true,
}

/**
 * An adapter with an API of its own.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options] of the adapter
 * @param {import('../../sandbox/index.js').SandboxOptions} [sandboxOptions]
 */
export async function start(t, options = {}, sandboxOptions = {}) {
  const sandbox = await startSandbox(t, sandboxOptions)
  const store = options.store ?? new MemoryStore()
  const another = (more = {}) =>
    ChatBotKitContactAdapter({
      ...reach(sandbox),
      ...{ ...ALL_ON, store, retries: 0, cacheTtl: 0 },
      ...options,
      ...more,
    })
  return { adapter: another(), another, sandbox, store }
}

/** The fingerprint of ChatBotKit's manual. */
export function fingerprintOf(email) {
  return createHash('sha256').update(`email:${email}`).digest('hex').slice(0, 32)
}

/** What the JavaScript package's `createUser` leaves: a cuid for a fingerprint, and not verified. */
export function madeByJavaScript(email, fields = {}) {
  return { email, meta: { email, image: '' }, verifiedAt: null, ...fields }
}

/**
 * What a visitor of a public widget does: the API makes an untrusted contact of it.
 *
 * @param {import('../../sandbox/index.js').Sandbox} sandbox
 * @param {object} contact
 * @returns {Promise<string>} the contact's id
 */
export async function plant(sandbox, contact) {
  const { id, token } = sandbox.conversations.add()
  const response = await fetch(`${sandbox.url}/v1/conversation/${id}/contact/upsert`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(contact),
  })
  if (!response.ok) throw new Error(`The sandbox answered ${response.status}`)
  return (await response.json()).id
}

/** The worst that a visitor can plant: all that the adapter looks at, and its own notes. */
export function forged(email, fields = {}) {
  const nextauth = { emailVerified: 1_700_000_000_000, createKey: 'forged' }
  return { email, meta: { email, nextauth }, ...fields }
}

/** The requests that were sent, as `list` or `ensure`. */
export const calls = (sandbox) =>
  sandbox.requests.map(({ route }) => route.replace(/^contact\//, ''))
