import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createSandbox } from '../../sandbox/index.js'
import { runWell } from '../../testing/child.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'

/** Of the machine that runs the tests; none may reach a child unless the test says so. */
const UNSET = Object.fromEntries(
  [
    ...['CHATBOTKIT_API_SECRET', 'CHATBOTKIT_BASE_URL', 'REDIS_URL', 'KV_URL', 'DATABASE_URL'],
    ...['KV_REST_API_URL', 'KV_REST_API_TOKEN'],
    ...['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'NEXT_PHASE'],
  ].map((name) => [name, undefined]),
)

async function startApi(t) {
  const sandbox = createSandbox({ secret: 'of-the-environment' })
  const { url } = await sandbox.listen()
  t.after(() => sandbox.close())
  return {
    sandbox,
    variables: {
      CHATBOTKIT_API_SECRET: sandbox.secret,
      CHATBOTKIT_BASE_URL: url,
      DATABASE_URL: `file:${join(temporaryFolder('environment'), 'auth.db')}`,
    },
  }
}

describe('what is left out of an adapter’s options', () => {
  for (const name of ['ChatBotKitPartnerAdapter', 'ChatBotKitContactAdapter']) {
    test(`${name}: is what the environment has at the first call`, async (t) => {
      const { variables } = await startApi(t)
      const answer = await runWell(
        async ({ name, variables }, answer) => {
          // Made before the variables are there, as by a module that is imported before they are read.
          const option = name.replace(/ChatBotKit(\w+)Adapter/, 'autoCreate$1')
          const adapter = require('./index.js')[name]({
            [option.replace('Partner', 'User')]: true,
          })
          Object.assign(process.env, variables)
          const { id } = await adapter.createUser({ email: 'ada@example.com' })
          const expires = new Date(Date.now() + 60_000)
          await adapter.createSession({ sessionToken: 'x', userId: id, expires })
          const { user } = await adapter.getSessionAndUser('x')
          await adapter.close()
          answer(user.email)
        },
        { input: { name, variables }, env: UNSET },
      )
      assert.equal(answer, 'ada@example.com')
    })
  }

  test('is no matter of the environment where it is given', async (t) => {
    const { variables } = await startApi(t)
    const codes = await runWell(
      async ({ baseUrl }, answer) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const store = new MemoryStore()
        const elsewhere = { baseUrl: 'http://127.0.0.1:1', retries: 0 }
        const codes = []
        for (const options of [{ secret: 'wrong' }, { secret: '' }, elsewhere]) {
          const adapter = ChatBotKitPartnerAdapter({ store, baseUrl, ...options })
          codes.push(await adapter.getUser('cx').catch(({ code }) => code))
        }
        answer(codes)
      },
      {
        input: { baseUrl: variables.CHATBOTKIT_BASE_URL },
        env: { ...UNSET, ...variables, DATABASE_URL: 'redis://127.0.0.1:1' },
      },
    )
    assert.deepEqual(codes, [
      'ERR_API_UNAUTHENTICATED',
      'ERR_MISSING_SECRET',
      'ERR_API_UNREACHABLE',
    ])
  })

  test('and is nowhere, is an error of the first call that says what would do', async (t) => {
    const { variables } = await startApi(t)
    const { code, message } = await runWell(
      async (_, answer) => {
        const adapter = require('./index.js').ChatBotKitPartnerAdapter()
        await adapter.deleteSession('x').catch(({ code, message }) => answer({ code, message }))
      },
      { env: { ...UNSET, ...variables, DATABASE_URL: undefined } },
    )
    assert.equal(code, 'ERR_INVALID_OPTION')
    assert.match(message, /"store".*left out.*REDIS_URL.*DATABASE_URL=file:\.\/auth\.db/s)
  })

  test('and cannot be used, is an error of the first call without the value', async (t) => {
    const { variables } = await startApi(t)
    const { code, message } = await runWell(
      async (_, answer) => {
        const adapter = require('./index.js').ChatBotKitPartnerAdapter()
        await adapter.getUser('cx').catch(({ code, message }) => answer({ code, message }))
      },
      { env: { ...UNSET, ...variables, CHATBOTKIT_BASE_URL: 'ftp://user:sesame@x.example' } },
    )
    assert.equal(code, 'ERR_INVALID_OPTION')
    assert.match(message, /baseUrl/)
    assert.doesNotMatch(message, /sesame/)
  })

  test('needs nothing of the environment to be made and closed', async () => {
    const kinds = await runWell(
      async (_, answer) => {
        const all = require('./index.js')
        for (const name of ['ChatBotKitPartnerAdapter', 'ChatBotKitContactAdapter']) {
          await all[name]().close()
        }
        const stores = ['RedisStore', 'KVStore', 'SqliteStore', 'PostgresStore']
        answer(stores.map((name) => new all[name]().constructor.name))
      },
      { env: UNSET },
    )
    assert.equal(kinds.length, 4)
  })
})

describe('a store without an address', () => {
  const database = (url) => ({ DATABASE_URL: url })
  for (const [name, env, code] of [
    ['SqliteStore', () => database(`file:${join(temporaryFolder('environment'), 'x.db')}`), 'ok'],
    ['SqliteStore', () => database('postgres://127.0.0.1:1/x'), 'ERR_INVALID_OPTION'],
    ['PostgresStore', () => database('postgres://127.0.0.1:1/x'), 'ERR_STORE'],
    ['PostgresStore', () => database('file:x.db'), 'ERR_INVALID_OPTION'],
    ['RedisStore', () => ({ REDIS_URL: 'redis://127.0.0.1:1' }), 'ERR_STORE'],
    ['RedisStore', () => ({ KV_URL: 'redis://127.0.0.1:1' }), 'ERR_STORE'],
    ['RedisStore', () => database('redis://127.0.0.1:1'), 'ERR_INVALID_OPTION'],
  ]) {
    test(`${name} with ${Object.keys(env())}: ${code}`, async () => {
      const found = await runWell(
        async (name, answer) => {
          const { [name]: StoreClass } = require('./index.js')
          const store = new StoreClass({ timeout: 1_000 })
          answer(
            await store.ping().then(
              () => 'ok',
              ({ code }) => code.replace('_TIMEOUT', ''),
            ),
          )
        },
        { input: name, env: { ...UNSET, ...env() } },
      )
      assert.equal(found, code)
    })
  }
})
