import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCertificates } from '../../../testing/certificates.mjs'
import { ADA } from '../../../testing/people.mjs'
import { start } from '../api/subject.mjs'
import { lookUpAda } from './child.mjs'
import { startProxy, startTlsFront } from './servers.mjs'

const certificates = await createCertificates()

/** A host that only the proxy knows. */
const ELSEWHERE = 'elsewhere.example'

/** An API behind TLS that is reached through a proxy, under either of its names. */
async function startBehindProxy(t, { name = 'elsewhere', refuse } = {}) {
  const { sandbox } = await start(t)
  const front = await startTlsFront(t, sandbox, certificates[name].tls)
  const proxy = await startProxy(t, { target: front.port, refuse })
  const { secret } = sandbox
  const lookUp = (env, options) =>
    lookUpAda(
      { secret, baseUrl: `https://${ELSEWHERE}`, ...options },
      { NODE_EXTRA_CA_CERTS: certificates.ca.path, ...env },
    )
  const direct = { baseUrl: `https://localhost:${front.port}` }
  return { sandbox, front, proxy, url: `http://127.0.0.1:${proxy.port}`, lookUp, direct }
}

/** The proxy was asked for nothing but a tunnel, and learned no secret. */
function assertTunnelled({ seen }, count = 1) {
  assert.equal(seen.length, count)
  for (const { method, url, headers } of seen) {
    assert.deepEqual([method, url], ['CONNECT', `${ELSEWHERE}:443`])
    assert.ok(!JSON.stringify(headers).includes('sandbox-secret'))
    assert.equal(headers.authorization, undefined)
  }
}

describe('a proxy', { concurrency: 3 }, () => {
  for (const variable of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) {
    test(`of ${variable} is used for a tunnel, and learns no secret`, async (t) => {
      const { proxy, url, lookUp } = await startBehindProxy(t)
      assert.deepEqual(await lookUp({ [variable]: url }), { email: ADA.email })
      assertTunnelled(proxy)
    })
  }

  for (const variable of ['HTTP_PROXY', 'http_proxy']) {
    test(`of ${variable} is used for an API without TLS`, async (t) => {
      const { sandbox } = await start(t)
      const { port, seen } = await startProxy(t, { target: new URL(sandbox.url).port })
      const options = { secret: sandbox.secret, baseUrl: `http://${ELSEWHERE}` }
      const found = await lookUpAda(options, { [variable]: `http://127.0.0.1:${port}` })
      assert.deepEqual(found, { email: ADA.email })
      assert.match(seen[0].url, /^http:\/\/elsewhere\.example\/api\/v1\//)
    })
  }

  test('that wants a password gets it, and it is in no message', async (t) => {
    const { proxy, url, lookUp } = await startBehindProxy(t)
    const HTTPS_PROXY = url.replace('//', '//user:pass%20word@')
    assert.deepEqual(await lookUp({ HTTPS_PROXY }), { email: ADA.email })
    const credentials = Buffer.from('user:pass word').toString('base64')
    assert.equal(proxy.seen[0].headers['proxy-authorization'], `Basic ${credentials}`)
  })

  for (const [what, answer, code] of [
    ['wants a password that nobody has', 'HTTP/1.1 407 No\r\n\r\n', /^ERR_API_UNREACHABLE$/],
    ['refuses', 'HTTP/1.1 403 No\r\n\r\n', /^ERR_API_UNREACHABLE$/],
    ['cannot reach the API', 'HTTP/1.1 502 No\r\n\r\n', /^ERR_API_UNREACHABLE$/],
    ['speaks no HTTP', 'hello\r\n\r\n', /^ERR_API_UNREACHABLE$/],
    ['hangs up', '', /^ERR_API_UNREACHABLE$/],
  ]) {
    test(`that ${what} is a typed error, and nobody goes around it`, async (t) => {
      const refuse = (socket) => socket.end(answer)
      const { front, proxy, url, lookUp } = await startBehindProxy(t, { refuse })
      const HTTPS_PROXY = url.replace('//', '//user:hidden@')
      const failed = await lookUp({ HTTPS_PROXY })
      assert.match(failed.code, code, failed.message)
      assert.ok(!failed.message.includes('hidden'), failed.message)
      assertTunnelled(proxy)
      assert.equal(front.connections, 0)
    })
  }

  test('that says nothing is a time-out', async (t) => {
    const { front, url, lookUp } = await startBehindProxy(t, { refuse: () => {} })
    const { code } = await lookUp({ HTTPS_PROXY: url }, { timeout: 500 })
    assert.equal(code, 'ERR_API_TIMEOUT')
    assert.equal(front.connections, 0)
  })

  test('that is not there is a typed error, and nobody goes around it', async (t) => {
    const { front, lookUp, direct } = await startBehindProxy(t, { name: 'server' })
    const { code, retryable } = await lookUp({ HTTPS_PROXY: 'http://127.0.0.1:9' }, direct)
    assert.deepEqual([code, retryable], ['ERR_API_UNREACHABLE', true])
    assert.equal(front.connections, 0)
  })

  test('that opens the traffic is found out by its certificate', async (t) => {
    const { sandbox } = await start(t)
    const opener = await startTlsFront(t, sandbox, certificates.otherClient.tls)
    const proxy = await startProxy(t, { target: opener.port })
    const options = { secret: sandbox.secret, baseUrl: `https://${ELSEWHERE}` }
    const { code } = await lookUpAda(options, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
    assert.equal(code, 'ERR_API_UNTRUSTED')
    assert.equal(opener.requests, 0)
  })

  test('whose address is none keeps nobody from anything', async (t) => {
    const { lookUp, direct } = await startBehindProxy(t, { name: 'server' })
    for (const HTTPS_PROXY of ['', ':::', 'nonsense://x']) {
      const { email, code } = await lookUp({ HTTPS_PROXY }, direct)
      if (HTTPS_PROXY === '') assert.equal(email, ADA.email)
      else assert.match(`${email ?? code}`, /^(ada@example\.com|ERR_API_UNREACHABLE)$/)
    }
  })
})

describe('NO_PROXY', { concurrency: 3 }, () => {
  for (const [variable, value] of [
    ['NO_PROXY', 'localhost'],
    ['no_proxy', 'localhost'],
    ['NO_PROXY', 'example.com, localhost'],
    ['NO_PROXY', '*'],
  ]) {
    test(`${variable}=${value} goes past the proxy`, async (t) => {
      const { proxy, url, lookUp, direct } = await startBehindProxy(t, { name: 'server' })
      const found = await lookUp({ HTTPS_PROXY: url, [variable]: value }, direct)
      assert.deepEqual(found, { email: ADA.email })
      assert.equal(proxy.seen.length, 0)
    })
  }

  test('of another host does not', async (t) => {
    const { proxy, url, lookUp } = await startBehindProxy(t)
    const found = await lookUp({ HTTPS_PROXY: url, NO_PROXY: 'here.example,127.0.0.1' })
    assert.deepEqual(found, { email: ADA.email })
    assertTunnelled(proxy)
  })

  test('of the domain goes past the proxy', async (t) => {
    const { proxy, front, url, lookUp } = await startBehindProxy(t)
    // The name is nobody's, so going past the proxy leads nowhere.
    const { code } = await lookUp({ HTTPS_PROXY: url, NO_PROXY: '.example' })
    assert.equal(code, 'ERR_API_UNREACHABLE')
    assert.deepEqual([proxy.seen.length, front.connections], [0, 0])
  })
})
