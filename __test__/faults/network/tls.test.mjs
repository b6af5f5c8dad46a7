import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createServer } from 'node:tls'
import { createCertificates, createUntimely } from '../../../testing/certificates.mjs'
import { listenFor } from '../../../testing/listening.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { temporaryFolder } from '../../../testing/processes.mjs'
import { start } from '../api/subject.mjs'
import { CALLS } from './calls.mjs'
import { startTcp, startTlsFront } from './servers.mjs'

const [certificates, untimely] = await Promise.all([createCertificates(), createUntimely()])

// Adapters read it when they call for the first time.
const trusted = join(temporaryFolder('trusted'), 'trusted.pem')
writeFileSync(trusted, `${certificates.ca.pem}\n${untimely.ca.pem}`)
process.env.NODE_EXTRA_CA_CERTS = trusted

const TRIES = { retries: 2, retryDelay: 0, timeout: 2_000 }

/** Whom nobody should tell the secret. */
const IMPOSTORS = {
  'has expired': untimely.expired.tls,
  'is not valid yet': untimely.future.tls,
  'names another host': certificates.elsewhere.tls,
  'is vouched for by an unknown authority': certificates.otherClient.tls,
  'is vouched for by itself': certificates.selfSigned.tls,
}

async function startFront(t, options) {
  const { sandbox, ada } = await start(t)
  const front = await startTlsFront(t, sandbox, options)
  const baseUrl = `https://localhost:${front.port}`
  const { adapter } = await start(t, { ...TRIES, baseUrl, secret: sandbox.secret })
  return { adapter, sandbox, front, ada }
}

test('a host with a good certificate is trusted, or the tests below would tell nothing', async (t) => {
  const { adapter, ada, front } = await startFront(t, certificates.server.tls)
  assert.equal((await adapter.getUserByEmail(ADA.email)).id, ada.id)
  assert.ok(front.requests > 0)
})

describe('a host whose certificate', { concurrency: 4 }, () => {
  for (const [what, options] of Object.entries(IMPOSTORS)) {
    for (const [who, call] of Object.entries(CALLS)) {
      test(`${what} is not told the secret by ${who}, and not asked again`, async (t) => {
        const { adapter, front, sandbox, ada } = await startFront(t, options)
        const untrusted = failure('ERR_API_UNTRUSTED', { retryable: false, message: /localhost/ })
        await assert.rejects(call(adapter, ada.id), untrusted)
        assert.equal(front.connections, 1)
        assert.equal(front.requests, 0)
        assert.equal(sandbox.requests.length, 0)
      })
    }
  }
})

describe('a host that speaks no TLS of ours', { concurrency: 4 }, () => {
  test('but TLS 1.1 is an error that says so', async (t) => {
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }
    const { adapter, front } = await startFront(t, { ...certificates.server.tls, ...old })
    await assert.rejects(adapter.getUserByEmail(ADA.email), { name: 'ChatBotKitError' })
    assert.equal(front.requests, 0)
  })

  for (const [what, onSocket, codes, options] of [
    [
      'but plain HTTP',
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'),
      /^ERR_API_(UNTRUSTED|UNREACHABLE)$/,
    ],
    ['and hangs up', (socket) => socket.end(), /^ERR_API_UNREACHABLE$/],
    ['and resets', (socket) => socket.resetAndDestroy(), /^ERR_API_UNREACHABLE$/],
    ['and says nothing', () => {}, /^ERR_API_TIMEOUT$/, { timeout: 300 }],
  ]) {
    test(`${what} is not told the secret`, async (t) => {
      const server = await startTcp(t, onSocket)
      const baseUrl = `https://localhost:${server.port}`
      const { adapter } = await start(t, { ...TRIES, baseUrl, ...options })
      const outcome = await adapter.getUserByEmail(ADA.email).catch((error) => error)
      assert.match(outcome.code, codes, outcome.message)
      assert.ok(!outcome.message.includes('sandbox-secret'))
    })
  }

  // An attacker on the way can end a connection at any byte; TLS has an end of its own for that.
  test('to its end cuts an answer short, which is an error and not a short answer', async (t) => {
    const server = createServer(certificates.server.tls, (socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"items":[]}')
        setTimeout(() => [...sockets].at(-1).end(), 50)
      })
    })
    const { port, sockets } = await listenFor(t, server)
    const baseUrl = `https://localhost:${port}`
    const { adapter } = await start(t, { ...TRIES, retries: 0, baseUrl })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_UNREACHABLE'))
  })
})
