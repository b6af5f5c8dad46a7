/**
 * `npm start -- --once`: a new person signs in to the quickstart over HTTP as a browser would, signs out,
 * and comes back. Every step is checked, and the requests it costs at the Partner API are counted.
 */
import assert from 'node:assert/strict'
import { startQuickstart } from '../examples/quickstart/main.mjs'
import { MemoryStore } from '../index.js'
import { Browser } from '../testing/browser.mjs'

const EMAIL = 'grace@example.com'

/** The most requests to the Partner API that asking for a code and redeeming it may cost. */
const BUDGET = { new: 4, known: 2 }

/** @param {{ port?: number }} options */
export async function walkThrough({ port }) {
  const codes = new Map()
  const app = await startQuickstart({
    store: new MemoryStore(),
    port,
    // Never the hosted API, whatever the environment says: this makes a sub-account.
    secret: '',
    onCode: ({ identifier, token }) => codes.set(identifier, token),
  })
  try {
    console.log(`The application is at ${app.origin}, the Partner API is a sandbox.`)
    const first = await signIn(app, codes, 'new')
    const second = await signIn(app, codes, 'known')
    assert.equal(second, first, 'the same person must come back to the same sub-account')
    const owned = app.sandbox.users.all().filter(({ email }) => email === EMAIL)
    assert.equal(owned.length, 1, 'one person must have one sub-account')
    console.log('\nEverything was as expected.')
  } finally {
    await app.close()
  }
}

/** One visit from sign-in to sign-out. @returns the id of the sub-account */
async function signIn(app, codes, person) {
  const browser = new Browser(app.origin)
  const { step, spent } = countSteps(app.sandbox)
  console.log(`\n${person === 'new' ? 'A new person' : 'The same person again'}, ${EMAIL}`)

  const start = await step('opens the sign-in page', () => browser.open('/'))
  assert.match(start.text, /<h1>Sign in<\/h1>/)
  assert.match(start.text, /name="csrfToken" value="[0-9a-f]{64}"/)

  const form = await step('asks for a code', () => browser.submit(start, { email: EMAIL }))
  assert.equal(form.url.pathname, '/code', `expected the code form, got ${form.url}`)
  const code = codes.get(EMAIL)
  assert.match(code, /^[0-9a-f]{6}$/)
  codes.delete(EMAIL)

  const signedIn = await step(`enters the code ${code}`, () =>
    browser.submit(form, { code }, { stopAt: '/dashboard' }),
  )
  assert.equal(signedIn.url.pathname, '/dashboard', `expected the dashboard, got ${signedIn.url}`)
  assert.ok(
    spent() <= BUDGET[person],
    `${spent()} requests, at most ${BUDGET[person]} were expected`,
  )

  const session = await step('has a session', () => browser.json('/auth/session'))
  const account = app.sandbox.users.findByEmail(EMAIL)
  assert.ok(account, 'there must be a sub-account')
  assert.equal(session?.user?.email, EMAIL)
  assert.equal(session.user.id, account.id, 'the session must be that of the sub-account')

  const dashboard = await step('opens the dashboard', () => browser.open(signedIn.url))
  assert.ok(dashboard.text.includes(`<h1>Hello, ${EMAIL}</h1>`))
  assert.ok(dashboard.text.includes(account.id), 'the dashboard must show the sub-account')

  await step('signs out', () => browser.submit(dashboard))
  assert.equal(await browser.json('/auth/session'), null, 'nobody must be signed in any more')
  return account.id
}

/** Runs and prints steps; `spent()` is what they have cost at the Partner API so far. */
function countSteps(sandbox) {
  sandbox.clearRequests()
  const spent = () => sandbox.requests.length
  return {
    spent,
    async step(name, act) {
      const before = sandbox.requests.length
      const result = await act()
      const routes = sandbox.requests.slice(before).map(({ route }) => route)
      const cost = routes.length === 0 ? 'no request' : `${routes.length} (${routes.join(', ')})`
      console.log(`  ${name.padEnd(24)}${cost}`)
      return result
    },
  }
}
