/**
 * An API and adapters for one test.
 */
import { ChatBotKitPartnerAdapter, MemoryStore } from '../index.js'
import { createSandbox } from '../sandbox/index.js'
import { ADA } from './people.mjs'

/** An adapter that may do everything. */
export const ALL_ON = { autoCreateUser: true, autoUpdateUser: true, autoDeleteUser: true }

/**
 * A Partner API that ends with the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('../sandbox/index.js').SandboxOptions} [options]
 * @param {number} [port] a free one when left out
 */
export async function startSandbox(t, options, port) {
  const sandbox = createSandbox(options)
  t.after(() => sandbox.close())
  await sandbox.listen(port)
  return sandbox
}

/**
 * An adapter under test with a Partner API of its own; `ada` is her sub-account, if she has one.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options] of the adapter
 * @param {import('../sandbox/index.js').SandboxOptions} [sandboxOptions]
 */
export async function startAdapter(t, options = {}, sandboxOptions = {}) {
  const sandbox = await startSandbox(t, sandboxOptions)
  const store = options.store ?? new MemoryStore()
  const adapter = anotherAdapter(sandbox, { ...options, store })
  return { adapter, sandbox, store, ada: sandbox.users.findByEmail(ADA.email) }
}

/** A further adapter for the same API, as a second copy of a configuration module makes it. */
export function anotherAdapter(sandbox, options) {
  return ChatBotKitPartnerAdapter({
    ...reach(sandbox),
    ...{ apiRoutes: 'partner', retries: 0 },
    ...options,
  })
}

/**
 * A Partner API with Ada in it, and the options with which processes of their own reach it.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('../sandbox/index.js').SandboxOptions} [sandboxOptions]
 */
export async function startApi(t, sandboxOptions) {
  const sandbox = await startSandbox(t, { users: [ADA], ...sandboxOptions })
  return { sandbox, options: reach(sandbox) }
}

/** The options with which an adapter reaches an API. */
export const reach = ({ secret, url }) => ({ secret, baseUrl: url })

/** The routes that were called, in order. */
export function calls(sandbox) {
  return sandbox.requests.map(({ route }) => route)
}
