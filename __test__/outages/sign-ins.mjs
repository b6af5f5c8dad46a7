/**
 * A thousand people who sign in while the store fails, and the books that are kept of it.
 */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { ChatBotKitPartnerAdapter } from '../../index.js'
import { createSandbox } from '../../sandbox/index.js'
import { reach } from '../../testing/adapter.mjs'

/** What a call may take at the most, in milliseconds. */
const TIMEOUT = 3_000

/** What this machine may add to it while it is busy, in milliseconds. */
const SLACK = 1_000

/** How soon after the store is back people have to be able to sign in, in milliseconds. */
const RECOVERY = 5_000

/** A call that took this long, in milliseconds, had to wait for another connection. */
const FELT = 300

const PEOPLE = 1_000
const AT_ONCE = 25
const HOUR = 3_600_000

/**
 * Two adapters with a store object each, as two server processes would have them.
 *
 * @param {(options: { timeout: number }) => object} createStore
 */
export async function startServers(createStore) {
  const users = Array.from({ length: 20 }, (_, number) => ({ email: `p${number}@example.com` }))
  const sandbox = createSandbox({ users })
  await sandbox.listen()
  const stores = [0, 1].map(() => createStore({ timeout: TIMEOUT }))
  const adapters = stores.map((store) =>
    // Of two who present one code the later one is wrong, and codes of broken-off attempts are
    // outstanding while that happens. The limit on wrong codes is not the matter here.
    ChatBotKitPartnerAdapter({ ...reach(sandbox), store, codeAttempts: 100 }),
  )
  return {
    adapters,
    async stop() {
      await Promise.all(stores.map((store) => store.close()))
      await sandbox.close()
    },
  }
}

/** The books: what came of each call, and how long the longest took. */
export function openBooks() {
  return { accepted: new Map(), refused: [], errors: [], longest: 0, signedIn: 0 }
}

/** A call whose duration is noted. An error is noted too, and resolves with undefined. */
async function noted(books, call) {
  const began = performance.now()
  try {
    return await call()
  } catch (error) {
    books.errors.push(error)
    return undefined
  } finally {
    books.longest = Math.max(books.longest, performance.now() - began)
  }
}

/**
 * One sign-in, as often as it takes: a code is made, and presented through both servers at once.
 */
async function signIn(books, [one, other], number) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    // One address per sign-in: an address has ten outstanding codes at the most.
    const identifier = `p${number}@example.com`
    const token = `code ${number} ${attempt}`
    const expires = new Date(Date.now() + HOUR)
    const made = await noted(books, () =>
      one.createVerificationToken({ identifier, token, expires }),
    )
    if (!made) continue
    const uses = await Promise.all(
      [one, other].map((server) =>
        noted(books, () => server.useVerificationToken({ identifier, token })),
      ),
    )
    const wins = uses.filter(Boolean)
    for (const win of wins) assert.deepEqual(win, { identifier, token, expires })
    if (wins.length > 0) books.accepted.set(token, { identifier, times: wins.length })
    // Nobody got it and nobody was told of a failure: the code was lost.
    if (uses.every((use) => use === null)) books.refused.push(token)
    if (wins.length > 0) {
      books.signedIn += 1
      return
    }
  }
  throw new Error(`Nobody could sign in as number ${number}`)
}

/**
 * A thousand sign-ins, in the middle of which `outage` happens.
 *
 * @param {object} books
 * @param {object[]} adapters
 * @param {() => Promise<void>} outage resolves when the store is back
 * @returns {Promise<number>} how long after that the first sign-in succeeded, in milliseconds
 */
export async function signInThrough(books, adapters, outage) {
  let next = 0
  let backAt = Number.POSITIVE_INFINITY
  let firstAfter
  const people = async () => {
    while (next < PEOPLE) {
      const number = next++
      await signIn(books, adapters, number)
      if (performance.now() > backAt) firstAfter ??= performance.now() - backAt
    }
  }
  const trouble = async () => {
    while (books.signedIn < PEOPLE / 4) await wait(5)
    await outage()
    backAt = performance.now()
  }
  await Promise.all([trouble(), ...Array.from({ length: AT_ONCE }, people)])
  return firstAfter
}

/** Presents every code that was accepted once more: it must be worth nothing. */
export async function presentAgain(books, [server]) {
  const codes = [...books.accepted]
  for (const [token, { identifier }] of codes) {
    const again = await server.useVerificationToken({ identifier, token })
    assert.equal(again, null, `${token} was accepted again`)
  }
}

/** What has to hold whatever failed. */
export function checkBooks(books, recovered) {
  assert.equal(books.signedIn, PEOPLE)
  const twice = [...books.accepted].filter(([, { times }]) => times > 1)
  assert.deepEqual(twice, [], 'codes that were accepted twice')
  assert.ok(books.longest <= TIMEOUT + SLACK, `a call took ${Math.round(books.longest)} ms`)
  assert.ok(
    recovered <= RECOVERY,
    `the first sign-in came ${recovered} ms after the store was back`,
  )
  for (const error of books.errors) {
    assert.equal(error.name, 'ChatBotKitError')
    assert.match(error.code, /^ERR_STORE/)
  }
}

/**
 * Asserts that a thousand people sign in, whatever `outage` does in the middle, and that no code is
 * worth anything twice.
 *
 * @param {import('node:test').TestContext} t
 * @param {(options: { timeout: number }) => object} createStore
 * @param {() => Promise<void>} outage resolves when the store is back
 * @returns {Promise<object>} the books
 */
export async function surviveOutage(t, createStore, outage) {
  const servers = await startServers(createStore)
  t.after(() => servers.stop())
  const books = openBooks()
  const recovered = await signInThrough(books, servers.adapters, outage)
  t.diagnostic(
    `${books.errors.length} errors, ${books.refused.length} codes lost, longest call ${Math.round(books.longest)} ms, signed in again after ${Math.round(recovered)} ms`,
  )
  checkBooks(books, recovered)
  const felt = books.errors.length > 0 || books.longest > FELT
  assert.ok(felt, 'no call failed or had to wait: this shows nothing')
  await presentAgain(books, servers.adapters)
  return books
}
