import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { createCertificates } from '../../../testing/certificates.mjs'
import { temporaryFolder } from '../../../testing/processes.mjs'
import { startRedis } from '../../../testing/redis/servers.mjs'
import { pingRedis } from './child.mjs'

const certificates = await createCertificates()
const { ca, otherCa } = certificates

const [secure, plain] = [await startRedis({ tls: certificates }), await startRedis()]
after(() => Promise.all([secure.stop(), plain.stop()]))
const { url } = secure

const folder = temporaryFolder('redis-tls')
const write = (name, text) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const MALFORMED = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const GARBAGE = write('garbage.pem', MALFORMED)
const AMONG_GARBAGE = write('among.pem', `${MALFORMED}${ca.pem}`)
const MISSING = join(folder, 'missing.pem')
const EMPTY = join(folder, 'empty')
mkdirSync(EMPTY)

/** A system without any authorities. */
const NONE = { SSL_CERT_FILE: MISSING, SSL_CERT_DIR: EMPTY }

const EXTRA = { NODE_EXTRA_CA_CERTS: ca.path }

/** A file on a disk that never answers. */
const HANGING = join(folder, 'hanging.pem')
execFileSync('mkfifo', [HANGING])

describe('Redis over TLS is trusted', { concurrency: 3 }, () => {
  for (const [what, options, env] of [
    ['by NODE_EXTRA_CA_CERTS', { url }, EXTRA],
    ['by NODE_EXTRA_CA_CERTS where the system has no certificates', { url }, { ...NONE, ...EXTRA }],
    ['by SSL_CERT_FILE', { url }, { SSL_CERT_FILE: ca.path }],
    [
      'by SSL_CERT_FILE with a malformed certificate in it',
      { url },
      { SSL_CERT_FILE: AMONG_GARBAGE },
    ],
    ['by tls.ca where SSL_CERT_FILE is missing', { url, tls: { ca: ca.pem } }, NONE],
    [
      'by tls.ca where SSL_CERT_FILE is garbage',
      { url, tls: { ca: ca.pem } },
      { SSL_CERT_FILE: GARBAGE },
    ],
    [
      'by tls.ca where SSL_CERT_FILE hangs',
      { url, tls: { ca: ca.pem } },
      { SSL_CERT_FILE: HANGING },
    ],
    ['by tls.ca with two authorities in it', { url, tls: { ca: otherCa.pem + ca.pem } }, {}],
    ['by tls.ca as a Uint8Array', { url, bytes: ca.pem }, {}],
    ['as valkeys://', { url: url.replace('rediss:', 'valkeys:'), tls: { ca: ca.pem } }, {}],
  ]) {
    test(what, async () => {
      const [{ code, message }] = await pingRedis([options], env)
      assert.equal(code, 'PONG', message)
    })
  }
})

describe('Redis over TLS is not trusted, which is said at once,', { concurrency: 3 }, () => {
  for (const [what, options, env] of [
    ['where nothing vouches for it', { url }, {}],
    ['where the system has no certificates', { url }, NONE],
    [
      'where NODE_EXTRA_CA_CERTS names another authority',
      { url },
      { NODE_EXTRA_CA_CERTS: otherCa.path },
    ],
    ['where NODE_EXTRA_CA_CERTS is garbage', { url }, { NODE_EXTRA_CA_CERTS: GARBAGE }],
    ['where tls.ca names another one than the system', { url, tls: { ca: otherCa.pem } }, EXTRA],
    ['as valkeys://', { url: url.replace('rediss:', 'valkeys:') }, {}],
  ]) {
    test(what, async () => {
      const [{ code, retryable, message, took }] = await pingRedis([options], env)
      assert.deepEqual([code, retryable], ['ERR_STORE', false], message)
      assert.match(message, new RegExp(`localhost:${secure.port} could not be trusted`))
      assert.ok(took < 2_000, `${took} ms`)
    })
  }
})

test('certificates on a disk that hangs keep nobody waiting who needs none', async () => {
  const waiting = Array(20).fill({ url, timeout: 500 })
  // A host's name is asked for beside the thread that calls, as files are read.
  const others = ['redis', 'valkey'].map((scheme) => ({
    url: `${scheme}://localhost:${plain.port}`,
    delay: 1_000,
  }))
  const said = await pingRedis([...waiting, ...others], { SSL_CERT_FILE: HANGING })
  for (const { code, retryable } of said.slice(0, 20)) {
    assert.deepEqual([code, retryable], ['ERR_STORE_TIMEOUT', true])
  }
  for (const { code, took, message } of said.slice(20)) {
    assert.equal(code, 'PONG', message)
    assert.ok(took < 1_000, `${took} ms`)
  }
})
