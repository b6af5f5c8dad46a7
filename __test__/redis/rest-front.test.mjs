import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, test } from 'node:test'
import { createCertificates } from '../../testing/certificates.mjs'
import { startRedis, startRestFront } from '../../testing/redis/servers.mjs'

let redis
let front

before(async () => {
  redis = await startRedis({ password: 'secret' })
  front = await startRestFront(redis)
})
beforeEach(() => redis.cli('FLUSHALL'))
after(async () => {
  await front.stop()
  await redis.stop()
})

async function call(path, body, { headers, token = front.token, ...rest } = {}) {
  const response = await fetch(`${front.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    body: typeof body === 'object' ? JSON.stringify(body) : body,
    ...rest,
  })
  return { status: response.status, body: await response.text() }
}

const command = async (...args) => (await call('/', args)).body
const BASE64 = { headers: { 'Upstash-Encoding': 'base64' } }
const base64 = (text) => Buffer.from(text).toString('base64')

test('a command is a JSON array, and its result JSON', async () => {
  assert.equal(await command('SET', 'key', 'välue', 'EX', 100), '{"result":"OK"}')
  assert.equal(await command('get', 'key'), '{"result":"välue"}')
  assert.equal(await command('TTL', 'key'), '{"result":100}')
  assert.equal(await command('GET', 'none'), '{"result":null}')
  assert.equal(await command('MGET', 'key', 'none'), '{"result":["välue",null]}')
  await command('SET', 'n', '9223372036854775806')
  assert.equal(await command('INCR', 'n'), '{"result":9223372036854775807}')
  assert.equal(await redis.cli('GET', 'key'), 'välue')
})

test('EVAL answers integers, nulls, strings and nested lists', async () => {
  const script = "return {1, false, 'ä', {ARGV[1], {KEYS[1]}}, redis.call('SET', KEYS[1], 'OK')}"
  const args = ['EVAL', script, 1, 'key', 'argument']
  assert.equal((await call('/', args)).body, '{"result":[1,null,"ä",["argument",["key"]],"OK"]}')
  const nested = `["${base64('argument')}",["${base64('key')}"]]`
  assert.equal(
    (await call('/', args, BASE64)).body,
    `{"result":[1,null,"${base64('ä')}",${nested},"${base64('OK')}"]}`,
  )
  assert.equal(await command('EVAL', 'return false', 0), '{"result":null}')
  assert.equal(await command('EVAL', 'return {}', 0), '{"result":[]}')
})

test('strings are in base64 for who asks, but for the answer OK', async () => {
  const encoded = async (...args) => (await call('/', args, BASE64)).body
  assert.equal(await encoded('SET', 'key', 'OK'), '{"result":"OK"}')
  assert.equal(await encoded('GET', 'key'), '{"result":"T0s="}')
  assert.equal(await encoded('PING'), `{"result":"${base64('PONG')}"}`)
  assert.equal(await encoded('STRLEN', 'key'), '{"result":2}')
  assert.equal(await encoded('GET', 'none'), '{"result":null}')
  await redis.cli('EVAL', "redis.call('SET', 'bytes', '\\255\\000')", 0)
  assert.equal(await encoded('GET', 'bytes'), '{"result":"/wA="}')
  assert.equal(await command('GET', 'bytes'), '{"result":"\uFFFD\\u0000"}')
})

test('a pipeline answers each command, errors among the rest', async () => {
  const commands = [
    ['SET', 'key', 'x'],
    ['INCR', 'key'],
    ['GET', 'key'],
  ]
  const error = '{"error":"ERR value is not an integer or out of range"}'
  const expected = `[{"result":"OK"},${error},{"result":"eA=="}]`
  assert.deepEqual(await call('/pipeline', commands, BASE64), { status: 200, body: expected })
  assert.deepEqual(await call('/multi-exec', commands, BASE64), { status: 200, body: expected })
  assert.equal((await call('/pipeline', [])).status, 400)
})

test('a transaction runs as a whole or not at all', async () => {
  const { status, body } = await call('/multi-exec', [['SET', 'key', 'x'], ['NOSUCHCOMMAND']])
  assert.equal(status, 400)
  assert.match(body, /^\{"error":"EXECABORT /)
  assert.equal(await redis.cli('EXISTS', 'key'), '0')
})

test('a path is a command too, with the body for its last argument', async () => {
  assert.equal((await call('/set/a%2Fb/bar')).body, '{"result":"OK"}')
  assert.equal((await call('/get/a%2Fb')).body, '{"result":"bar"}')
  assert.equal((await call('/set/key?EX=100&NX', '{"a":1}')).body, '{"result":"OK"}')
  assert.equal(await redis.cli('GET', 'key'), '{"a":1}')
  assert.equal(await redis.cli('TTL', 'key'), '100')
  const byQuery = await call(`/get/key?_token=${front.token}`, undefined, { headers: {} })
  assert.equal(byQuery.status, 200)
})

test('errors come with the status codes of the documentation', async () => {
  const wrong = await call('/', ['GET'])
  assert.equal(wrong.status, 400)
  assert.equal(wrong.body, `{"error":"ERR wrong number of arguments for 'get' command"}`)
  assert.equal((await call('/', ['SELECT', 1])).status, 400)
  assert.equal((await call('/', 'no json')).status, 400)
  assert.equal((await call('/', [['GET', 'key']])).status, 400)
  assert.deepEqual(await call('/', ['GET', 'key'], { token: 'wrong' }), {
    status: 401,
    body: '{"error":"Unauthorized"}',
  })
  assert.equal((await call('/get/key', undefined, { method: 'DELETE' })).status, 405)
})

test('requests are counted, and the next ones fail as told', async () => {
  const requests = front.requests
  front.failNext({ times: 2, status: 503, error: 'busy', headers: { 'retry-after': '1' } })
  assert.deepEqual(await call('/', ['INCR', 'n']), { status: 503, body: '{"error":"busy"}' })
  assert.equal((await call('/', ['INCR', 'n'])).status, 503)
  front.failNext({ drop: true })
  await assert.rejects(call('/', ['INCR', 'n']))
  front.failNext({ drop: true, executed: true })
  await assert.rejects(call('/', ['INCR', 'n']))
  front.failNext({ status: 502, body: '<html>', executed: true })
  assert.deepEqual(await call('/', ['INCR', 'n']), { status: 502, body: '<html>' })
  front.failNext({ status: 200, delay: 50 })
  const began = performance.now()
  assert.equal(await command('INCR', 'n'), '{"result":3}')
  assert.ok(performance.now() - began >= 45)
  assert.equal(front.requests - requests, 6)
  assert.deepEqual(front.log.at(-1), { endpoint: 'command', commands: [['INCR', 'n']] })
})

test('a Redis that went away is a failure, and found again when it is back', async () => {
  await redis.kill()
  assert.equal((await call('/', ['PING'])).status, 500)
  await redis.restart()
  assert.equal(await command('PING'), '{"result":"PONG"}')
})

test('it speaks TLS where told to', async (t) => {
  const tls = await createCertificates()
  const secure = await startRestFront(redis, { tls })
  t.after(() => secure.stop())
  assert.match(secure.url, /^https:\/\/localhost:/)
  await assert.rejects(fetch(secure.url), { message: 'fetch failed' })
  const options = { ca: tls.ca.pem, headers: { authorization: `Bearer ${secure.token}` } }
  const [response] = await once(get(`${secure.url}/echo/hello`, options), 'response')
  assert.equal(await text(response), '{"result":"hello"}')
})
