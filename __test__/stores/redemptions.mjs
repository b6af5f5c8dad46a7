/**
 * One code that is presented a hundred times at once, through two processes.
 */
import assert from 'node:assert/strict'
import { startAdapter } from '../../testing/adapter.mjs'
import { runWell } from '../../testing/child.mjs'
import { ADA } from '../../testing/people.mjs'
import { all, issueCode } from '../../testing/records.mjs'

/** How many codes, one after the other. */
const ROUNDS = 10

/** When the first is presented: processes take a while to start, in milliseconds. */
const START = 4_000
const INTERVAL = 300

/** Presents each code fifty times at its moment, and tells how often it was accepted. */
async function present({ store: [kind, options], adapter: reach, codes, moments }, answer) {
  const { setTimeout: sleep } = require('node:timers/promises')
  const { ChatBotKitPartnerAdapter, ...stores } = require('./index.js')
  const store = new stores[kind](options)
  const adapter = ChatBotKitPartnerAdapter({ ...reach, store })
  await store.ping()
  const wins = []
  for (const [number, code] of codes.entries()) {
    await sleep(moments[number] - Date.now())
    const uses = Array.from({ length: 50 }, () => adapter.useVerificationToken(code))
    wins.push((await Promise.all(uses)).filter(Boolean).length)
  }
  await store.close()
  answer(wins)
}

/**
 * @param {import('node:test').TestContext} t
 * @param {string} kind the class of the store
 * @param {object} options of it
 * @param {object} store one of that kind
 */
export async function checkRedemptions(t, kind, options, store) {
  const users = Array.from({ length: ROUNDS }, (_, n) => ({ ...ADA, email: `ada${n}@example.com` }))
  const { adapter, sandbox } = await startAdapter(t, { store }, { users })
  const made = await all(ROUNDS, (n) => issueCode(adapter, `ada${n}@example.com`))
  const began = Date.now() + START
  const input = {
    store: [kind, options],
    adapter: { secret: sandbox.secret, baseUrl: sandbox.url, apiRoutes: 'partner' },
    codes: made.map(({ identifier, token }) => ({ identifier, token })),
    moments: made.map((_, number) => began + number * INTERVAL),
  }
  const [one, other] = await Promise.all([runWell(present, { input }), runWell(present, { input })])
  t.diagnostic(`wins of each process: ${one.join(' ')} and ${other.join(' ')}`)
  assert.deepEqual(
    one.map((wins, number) => wins + other[number]),
    Array(ROUNDS).fill(1),
  )
}
