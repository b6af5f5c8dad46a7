import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../../../testing/adapter.mjs'
import { DIRECTORIES } from '../../../testing/directories.mjs'
import { listenFor } from '../../../testing/listening.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { EVE } from '../../../testing/people.mjs'
import { freePort } from '../../../testing/ports.mjs'
import { start, startWith } from './subject.mjs'

const PEOPLE = 25
const TRIES = 40

/** Park and Miller's generator. */
function numbers(seed) {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const LOSSES = [
  ...[{ type: 'reset' }, { type: 'reset-body' }, { type: 'truncate' }, { type: 'empty' }],
  ...[{ type: 'html' }, { type: 'error200' }, { type: 'malformed' }, { type: 'hang' }],
  ...[
    { type: 'status', status: 503 },
    { type: 'status', status: 429 },
    { type: 'body', json: {} },
  ],
]

/** Every third request, whichever it is, meets one of the losses, before or after it is applied. */
function makeUnreliable(sandbox, seed) {
  const next = numbers(seed)
  const fates = new WeakMap()
  const fateOf = (entry) => {
    if (!fates.has(entry)) fates.set(entry, Math.floor(next() * LOSSES.length * 6))
    return fates.get(entry)
  }
  LOSSES.forEach((fault, index) => {
    sandbox.inject({ ...fault, when: 'before', match: (entry) => fateOf(entry) === 2 * index })
    sandbox.inject({ ...fault, when: 'after', match: (entry) => fateOf(entry) === 2 * index + 1 })
  })
}

/** Signs somebody up as NextAuth does: looks, makes, and starts over when that fails. */
async function signUp(adapter, person) {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      return (await adapter.getUserByEmail(person.email)) ?? (await adapter.createUser(person))
    } catch (error) {
      assert.match(error.code, /^ERR_(API_|EMAIL_TAKEN)/, error.stack)
    }
  }
  throw new Error(`${person.email} could not sign up`)
}

describe('a create is carried out once', { concurrency: 3 }, () => {
  for (const directory of DIRECTORIES) {
    for (const [who, emailVerified] of [
      ['whose address is proven', new Date()],
      ['whose address is not proven', null],
    ]) {
      for (const seed of [1, 2, 3]) {
        const what = `${PEOPLE} people become ${directory.name} ${who} (${seed})`
        test(`every third answer is lost while ${what}`, async (t) => {
          const options = { timeout: 800, retries: 1, retryDelay: 0 }
          const { adapter, sandbox } = await startWith(t, directory, options, { users: [] })
          makeUnreliable(sandbox, seed)
          const people = Array.from({ length: PEOPLE }, (_, number) => ({
            email: `person-${number}@example.com`,
            emailVerified,
          }))
          const users = await Promise.all(people.map((person) => signUp(adapter, person)))
          assert.deepEqual(
            sandbox.people
              .all()
              .map(({ id, email }) => `${email} ${id}`)
              .sort(),
            users.map(({ id, email }) => `${email} ${id}`).sort(),
          )
        })
      }
    }
  }

  test('the API is not there yet: the create was not sent, so it is sent again', async (t) => {
    const port = await freePort()
    const tries = { retries: 10, retryDelay: 60_000 }
    const { adapter } = await start(t, { ...tries, baseUrl: `http://127.0.0.1:${port}` })
    const created = adapter.createUser(EVE)
    await sleep(50)
    const later = await startSandbox(t, {}, port)
    assert.equal((await created).id, later.users.all()[0].id)
    assert.equal(later.users.all().length, 1)
  })

  test('the API closes a kept connection while the create is on its way', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 2, retryDelay: 0 })
    await adapter.getUserByEmail(EVE.email)
    sandbox.inject({ type: 'reset', route: 'create', when: 'after', times: 1 })
    const user = await adapter.createUser(EVE)
    assert.equal(user.id, sandbox.users.findByEmail(EVE.email).id)
    assert.equal(sandbox.requests.filter(({ route }) => route === 'create').length, 1)
  })

  test('the API is asked twice at once, over and over, and says yes to both', async (t) => {
    const { adapter, sandbox } = await start(t, {}, { users: [], latency: 20 })
    const both = await Promise.all([adapter.createUser(EVE), adapter.createUser(EVE)])
    assert.equal(both[0].id, both[1].id)
    assert.equal(sandbox.users.all().length, 1)
  })

  test('a gateway repeats the create behind our back', async (t) => {
    const { sandbox } = await start(t, {}, { users: [] })
    const gateway = createServer(async (request, response) => {
      const body = await new Response(request).text()
      const headers = { authorization: request.headers.authorization }
      if (body) headers['content-type'] = 'application/json'
      const init = { method: request.method, headers, body: body || undefined }
      const send = () => fetch(sandbox.url + request.url, init)
      if (request.url.endsWith('/create')) await send()
      const answer = await send()
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(await answer.text())
    })
    const { url: baseUrl } = await listenFor(t, gateway)
    const { adapter } = await start(t, { baseUrl, secret: sandbox.secret })
    const user = await adapter.createUser({ email: EVE.email, emailVerified: null })
    assert.deepEqual(
      sandbox.users.all().map(({ id }) => id),
      [user.id],
    )
  })

  test('the plan is full: nothing is made, and nothing is tried again', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 5, retryDelay: 0 })
    const full = sandbox.inject({ type: 'status', status: 429, code: 'LIMITS_REACHED' })
    await assert.rejects(adapter.createUser(EVE), failure('ERR_API_LIMIT_REACHED'))
    assert.equal(full.hits, 1)
  })
})
