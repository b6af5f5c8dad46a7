/**
 * Promises that fail before anybody looks at them. Auth.js calls the sender of a code and then waits
 * for a hash; others start several calls and wait for them one after the other.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const TIMEOUT = 20_000

/** What a process prints that runs `script` to its end. An unhandled rejection would end it before. */
async function run(script, environment) {
  const preamble = `
    import { Auth, skipCSRFCheck } from '@auth/core'
    import chatbotkit from './index.js'
    const { ChatBotKitEmailProvider, ChatBotKitPartnerAdapter, KVStore, MemoryStore, RedisStore } = chatbotkit
    const later = () => new Promise((resolve) => setTimeout(resolve, 100))
    const api = { secret: 'x', baseUrl: 'http://127.0.0.1:1', retries: 0 }`
  const { NODE_ENV: _, ...env } = { ...process.env, ...environment }
  const args = ['--input-type=module', '-e', preamble + script]
  const options = { cwd: ROOT, env: { ...env, ...environment }, timeout: TIMEOUT }
  const { stdout } = await promisify(execFile)(process.execPath, args, options)
  return stdout.trim()
}

const SENDERS = {
  'no sender': '',
  'a sender that rejects at once': "sendVerificationRequest: () => Promise.reject(new Error('no'))",
  'a sender that throws': "sendVerificationRequest() { throw new Error('no') }",
  'an async sender that throws': "async sendVerificationRequest() { throw new Error('no') }",
}

describe('Auth.js asks for a code, and the sender fails before it is waited for', {
  concurrency: 2,
}, () => {
  for (const [name, sender] of Object.entries(SENDERS)) {
    for (const environment of [{}, { NODE_ENV: 'production' }]) {
      test(`${name}, ${environment.NODE_ENV ?? 'NODE_ENV is not set'}`, async () => {
        const printed = await run(
          `
          const store = new MemoryStore()
          const adapter = ChatBotKitPartnerAdapter({ ...api, store })
          // Nobody has this address, whatever the API would say.
          adapter.getUserByEmail = async () => null
          const request = new Request('http://localhost/auth/signin/email', {
            method: 'POST',
            body: new URLSearchParams({ email: 'ada@example.com' }),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
          const response = await Auth(request, {
            adapter,
            providers: [ChatBotKitEmailProvider({ ${sender} })],
            ...{ basePath: '/auth', secret: 's'.repeat(32), trustHost: true, skipCSRFCheck },
            logger: { error() {}, warn() {}, debug() {} },
          })
          await later()
          console.log(response.status, new URL(response.headers.get('location')).searchParams.get('error'))`,
          environment,
        )
        assert.equal(printed, '302 Configuration')
      })
    }
  }
})

const CALLS = {
  'a method of the adapter, when the API is not there':
    "ChatBotKitPartnerAdapter({ ...api, store: new MemoryStore() }).getUser('cada')",
  'a method of the adapter, for a wrong argument':
    'ChatBotKitPartnerAdapter({ ...api, store: new MemoryStore() }).createUser(null)',
  'a memory store, for a wrong key': 'new MemoryStore().get(5)',
  'RedisStore, when nothing is there':
    "new RedisStore({ url: 'redis://127.0.0.1:1', timeout: 50 }).get('key')",
  'ping() of RedisStore': "new RedisStore({ url: 'redis://127.0.0.1:1', timeout: 50 }).ping()",
  'KVStore, when nothing is there':
    "new KVStore({ url: 'http://127.0.0.1:1', token: 'x', timeout: 50 }).set('key', 1)",
}

describe('a call fails before anybody waits for it', { concurrency: 2 }, () => {
  for (const [name, call] of Object.entries(CALLS)) {
    test(name, async () => {
      const printed = await run(`
        const promise = ${call}
        await later()
        await promise.catch(({ name }) => console.log(name))`)
      assert.equal(printed, 'ChatBotKitError')
    })
  }
})
