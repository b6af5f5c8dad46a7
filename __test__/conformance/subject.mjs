/**
 * Adapters under test.
 */
import clients from '../../lib/stores/clients/index.js'
import { reach } from '../../testing/adapter.mjs'
import { SUB_ACCOUNTS, startDirectory } from '../../testing/directories.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { open } from '../../testing/seal.mjs'
import { past } from '../../testing/waiting.mjs'

const { storeOver } = clients

let subjects = 0

/**
 * Two adapters, as two servers have them: each with a store object of its own over the same data, and
 * with the same API, which ends with the test. Their keys begin with a prefix nobody else has.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('./conformance.mjs').Deployment} deployment
 * @param {object} [options] of the adapters
 * @param {object} [sandboxOptions]
 */
export async function start(t, deployment, options = {}, sandboxOptions = { users: [ADA, BOB] }) {
  const { directory = SUB_ACCOUNTS } = deployment
  const sandbox = await startDirectory(t, directory, sandboxOptions)
  subjects += 1
  const keyPrefix = `subject-${process.pid}-${subjects}:`
  const connect = (more = {}) =>
    directory.createAdapter({
      ...reach(sandbox),
      store: storeOf(deployment),
      // A busy machine keeps connections idle until the sandbox closes them.
      retries: 1,
      retryDelay: 1,
      autoCreateUser: true,
      autoDeleteUser: true,
      keyPrefix,
      ...options,
      ...more,
    })
  const [adapter, other] = [connect(), connect()]
  return {
    adapter,
    other,
    connect,
    keyPrefix,
    sandbox,
    ada: sandbox.people.findByEmail(ADA.email),
    bob: sandbox.people.findByEmail(BOB.email),
    /** What the store holds for these adapters, keys without the prefix; `text` is what is sealed there. */
    entries: async () =>
      (await deployment.keys())
        .filter(({ key }) => key.startsWith(keyPrefix))
        .map(({ key, value, ...entry }) => ({
          ...entry,
          key: key.slice(keyPrefix.length),
          value,
          text: open(sandbox.secret, key, value),
        })),
    persist: (key) => deployment.persist(keyPrefix + key),
    /** Writes into the store, as somebody who got hold of it could. */
    async peek(key) {
      const found = await storeOver(storeOf(deployment)).get(keyPrefix + key)
      return typeof found === 'string' ? JSON.parse(found) : found
    },
    put: (key, value) => storeOver(storeOf(deployment)).set(keyPrefix + key, value),
  }
}

/**
 * Makes something that the store still has after its end. Where the machine is too busy to tell the store
 * in time that it shall keep it, another one with a longer lifetime.
 *
 * @template {{ expires: Date }} T
 * @param {Awaited<ReturnType<typeof start>>} subject
 * @param {string} kind what its key begins with
 * @param {(lifetime: number) => Promise<T>} make
 * @returns {Promise<T>}
 */
export async function keptBeyondItsEnd({ entries, persist }, kind, make) {
  for (let lifetime = 1_000; lifetime < 30_000; lifetime *= 2) {
    const made = await make(lifetime)
    const find = async () => (await entries()).find(({ key }) => key.startsWith(kind))
    const entry = await find()
    try {
      if (entry) await persist(entry.key)
    } catch {
      // It has ended between the two.
    }
    await past(made.expires)
    if (await find()) return made
  }
  throw new Error(`The store keeps no ${kind} that it was told to keep`)
}

const stores = new WeakMap()

/** Of a deployment's two store objects, the one that was used longer ago. */
function storeOf(deployment) {
  const pair = stores.get(deployment) ?? [deployment.createStore(), deployment.createStore()]
  stores.set(deployment, pair.toReversed())
  return pair[0]
}

/**
 * The kinds of keys, with how many there are of each: `{ session: 2, 'sessions-of': 1 }`. What goes by
 * itself after seconds, or a deleted user's mark after three minutes, does not count.
 */
export function kinds(entries) {
  const counts = {}
  for (const { key, value, text } of entries) {
    if (/(^{"changed"|"record":{"(unlinked|vacated)"):/.test(text ?? value)) continue
    const kind = key.slice(0, key.indexOf(':'))
    if (['deleted', 'creation'].includes(kind)) continue
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
