import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, describe, test } from 'node:test'
import { KVStore } from '../../index.js'
import { listenFor } from '../../testing/listening.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { startRedis, startRestFront } from '../../testing/redis/servers.mjs'
import { assertEveryCallFails } from './store-calls.mjs'

const TOKEN = 'token-0123456789-secret'
const VARIABLES = [
  ...['KV_REST_API_URL', 'KV_REST_API_TOKEN'],
  ...['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
]
const timeout = 600 // ms
const UNREACHED = ['ERR_STORE', 'ERR_STORE_TIMEOUT']

const redis = await startRedis()
const front = await startRestFront(redis, { token: TOKEN })
const { url } = front
after(async () => {
  await front.stop()
  await redis.stop()
})

/** A store that is made while the environment has these variables and none of the others. */
function storeIn(environment, options) {
  const before = VARIABLES.map((name) => [name, process.env[name]])
  for (const name of VARIABLES) delete process.env[name]
  Object.assign(process.env, environment)
  try {
    return new KVStore(options)
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

describe('a KVStore without options', { concurrency: 1 }, () => {
  for (const [name, urlName, tokenName] of [
    ['Vercel', ...VARIABLES.slice(0, 2)],
    ['Upstash', ...VARIABLES.slice(2)],
  ]) {
    test(`finds the database where ${name} puts it`, async () => {
      await storeIn({ [urlName]: url, [tokenName]: TOKEN }).ping()
    })
  }

  test('never takes the address of one database and the token of another', async () => {
    const [kvUrl, kvToken, upstashUrl, upstashToken] = VARIABLES
    await storeIn({
      [kvUrl]: 'http://127.0.0.1:1',
      [upstashUrl]: url,
      [upstashToken]: TOKEN,
    }).ping()
    for (const environment of [
      {},
      { [kvUrl]: url },
      { [kvToken]: TOKEN },
      { [kvUrl]: url, [upstashToken]: TOKEN },
      { [kvUrl]: '', [kvToken]: TOKEN },
    ]) {
      await assertEveryCallFails(storeIn(environment), 'ERR_INVALID_OPTION')
    }
  })

  test('takes what it is given before what the environment has', async () => {
    const elsewhere = { KV_REST_API_URL: 'http://127.0.0.1:1', KV_REST_API_TOKEN: 'x' }
    await storeIn(elsewhere, { url, token: TOKEN }).ping()
    await assertEveryCallFails(storeIn(elsewhere, { url }), 'ERR_INVALID_OPTION')
    await assertEveryCallFails(storeIn(elsewhere, { token: TOKEN }), 'ERR_INVALID_OPTION')
  })
})

describe('a KVStore whose service', { concurrency: 1 }, () => {
  const store = () => new KVStore({ url, token: TOKEN, timeout })

  test('does not accept the token says so at once', async () => {
    const before = front.requests
    const token = 'another-0123456789-secret'
    const secrets = [token, TOKEN]
    const wrong = new KVStore({ url, token, timeout })
    const errors = await assertEveryCallFails(wrong, 'ERR_STORE', { timeout, secrets })
    for (const error of errors) assert.match(error.message, /401.*token/)
    // One request for each call, and no second attempt: createSession writes two things at once, and
    // looks for the mark of a deletion.
    assert.equal(front.requests - before, errors.length + 2)
  })

  test('is not there fails in time', async () => {
    for (const address of ['http://127.0.0.1:1', 'https://127.0.0.1:1', 'http://name.invalid']) {
      const unreachable = new KVStore({ url: address, token: TOKEN, timeout })
      await assertEveryCallFails(unreachable, UNREACHED, { timeout, secrets: [TOKEN] })
    }
  })

  test('has an address that is none refuses every call', async () => {
    for (const address of ['redis://127.0.0.1', 'nowhere', 'ftp://127.0.0.1']) {
      const wrong = new KVStore({ url: address, token: TOKEN })
      await assertEveryCallFails(wrong, 'ERR_INVALID_OPTION', { secrets: [TOKEN] })
    }
  })

  for (const [name, failing] of [
    ['an error of its own', { status: 500 }],
    ['a rate limit', { status: 429, error: 'ERR max requests per second exceeded' }],
    ['a gateway’s page', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['nothing at all', { drop: true }],
    ['a database that is loading', { status: 400, error: 'LOADING Redis is loading' }],
  ]) {
    test(`answers ${name} once is asked again`, async () => {
      const before = front.requests
      front.failNext(failing)
      const patient = new KVStore({ url, token: TOKEN })
      await patient.set('key', { a: 1 })
      assert.equal(front.requests - before, 2)
      assert.deepEqual(await patient.get('key'), { a: 1 })
    })

    test(`answers ${name} again and again fails in time`, async (t) => {
      const faulty = await startRestFront(redis, { token: TOKEN })
      t.after(() => faulty.stop())
      faulty.failNext({ ...failing, times: 1_000 })
      const impatient = new KVStore({ url: faulty.url, token: TOKEN, timeout })
      const began = performance.now()
      await assert.rejects(impatient.set('key', 2), ({ code }) => UNREACHED.includes(code))
      assert.ok(performance.now() - began < 2 * timeout)
      assert.ok(faulty.requests < 10, `${faulty.requests} requests`)
    })
  }

  test('answers with an error of Redis passes on its code and none of its words', async () => {
    const words = `WRONGTYPE Operation against key ${TOKEN} holding the wrong kind of value`
    front.failNext({ status: 400, error: words })
    await assert.rejects(store().get('key'), (error) => {
      failure('ERR_STORE')(error)
      assert.match(error.message, /WRONGTYPE/)
      assert.ok(!error.message.includes(TOKEN))
      return true
    })
  })

  test('answers 200 with something else is not believed', async (t) => {
    let body
    const server = createServer((_, response) => response.end(body))
    const { url: address } = await listenFor(t, server)
    for (body of [
      ...['<html>Welcome</html>', '', '5', '[]', '{"result":{"a":1}}', '{"result":"no base64!"}'],
      ...['{"result":"/w=="}', '{"result":true}', '{"result":"T0s="', 'null', '{"result":1}'],
    ]) {
      const misled = new KVStore({ url: address, token: TOKEN, timeout })
      await assert.rejects(misled.get('key'), (error) => {
        assert.ok(['ERR_STORE', 'ERR_STORE_VALUE'].includes(error.code), `${body}: ${error}`)
        return true
      })
    }
  })

  test('redirects is not followed with the token', async () => {
    front.failNext({ status: 307, headers: { location: `${url}/elsewhere` } })
    const before = front.requests
    await assert.rejects(store().get('key'), failure('ERR_STORE'))
    assert.equal(front.requests - before, 1)
  })

  test('takes too long is not waited for', async () => {
    front.failNext({ status: 200, delay: 3 * timeout, times: 2 })
    const began = performance.now()
    await assert.rejects(store().get('key'), failure('ERR_STORE_TIMEOUT'))
    assert.ok(performance.now() - began < 2 * timeout)
  })
})

test('a KVStore that was closed refuses every call', async () => {
  const store = new KVStore({ url, token: TOKEN })
  await store.ping()
  await store.close()
  await store.close()
  await assertEveryCallFails(store, 'ERR_CLOSED')
  await assert.rejects(store.ping(), failure('ERR_CLOSED'))
})
