import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createCertificates } from '../../../testing/certificates.mjs'
import { ROOT } from '../../../testing/child.mjs'
import { ADA } from '../../../testing/people.mjs'
import { temporaryFolder } from '../../../testing/processes.mjs'
import { start } from '../api/subject.mjs'
import { lookUpAda } from './child.mjs'
import { startTlsFront } from './servers.mjs'

const certificates = await createCertificates()
const { ca, otherCa, server } = certificates

const folder = temporaryFolder('authorities')
const path = (name) => join(folder, name)
const write = (name, text) => {
  writeFileSync(path(name), text)
  return path(name)
}

const EMPTY_FILE = write('empty.pem', '')
const GARBAGE = write(
  'garbage.pem',
  '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
)
const BINARY = write('binary.pem', Buffer.from([0, 255, 254, 10, 0]))
const AMONG_GARBAGE = write('among.pem', `${readFileSync(GARBAGE, 'utf8')}hello\n${ca.pem}`)
const TWO = write('two.pem', `${otherCa.pem}\n${ca.pem}`)
const MISSING = path('missing.pem')

const EMPTY_FOLDER = path('empty')
mkdirSync(EMPTY_FOLDER)
const HASHED = path('hashed')
mkdirSync(HASHED)
copyFileSync(ca.path, join(HASHED, 'ca.pem'))
execFileSync('openssl', ['rehash', HASHED])

/** A host without a single certificate. */
const NONE = { SSL_CERT_FILE: EMPTY_FILE, SSL_CERT_DIR: EMPTY_FOLDER }

async function lookUp(t, env) {
  const { sandbox } = await start(t)
  const front = await startTlsFront(t, sandbox, server.tls)
  const options = { secret: sandbox.secret, baseUrl: `https://localhost:${front.port}` }
  return lookUpAda(options, env)
}

describe('the API is trusted', { concurrency: 3 }, () => {
  for (const [what, env] of Object.entries({
    'by NODE_EXTRA_CA_CERTS': { NODE_EXTRA_CA_CERTS: ca.path },
    'by one of many in NODE_EXTRA_CA_CERTS': { NODE_EXTRA_CA_CERTS: TWO },
    'by one among garbage in NODE_EXTRA_CA_CERTS': { NODE_EXTRA_CA_CERTS: AMONG_GARBAGE },
    'by SSL_CERT_FILE': { SSL_CERT_FILE: ca.path },
    'by SSL_CERT_DIR': { SSL_CERT_DIR: HASHED },
    'by NODE_EXTRA_CA_CERTS where the system has no certificates': {
      ...NONE,
      NODE_EXTRA_CA_CERTS: ca.path,
    },
    'by NODE_EXTRA_CA_CERTS where SSL_CERT_FILE is missing': {
      SSL_CERT_FILE: MISSING,
      NODE_EXTRA_CA_CERTS: ca.path,
    },
    'by NODE_EXTRA_CA_CERTS where SSL_CERT_FILE is garbage': {
      SSL_CERT_FILE: GARBAGE,
      NODE_EXTRA_CA_CERTS: ca.path,
    },
    'by SSL_CERT_FILE where NODE_EXTRA_CA_CERTS is garbage': {
      SSL_CERT_FILE: ca.path,
      NODE_EXTRA_CA_CERTS: GARBAGE,
    },
  })) {
    test(what, async (t) => {
      assert.deepEqual(await lookUp(t, env), { email: ADA.email })
    })
  }
})

describe('the API is not trusted, and nothing else happens', { concurrency: 3 }, () => {
  for (const [what, env] of Object.entries({
    'where nothing vouches for it': {},
    'where the system has no certificates': NONE,
    'where SSL_CERT_FILE is missing': { SSL_CERT_FILE: MISSING, SSL_CERT_DIR: MISSING },
    'where SSL_CERT_FILE is a folder': { SSL_CERT_FILE: EMPTY_FOLDER },
    'where SSL_CERT_FILE is binary': { SSL_CERT_FILE: BINARY },
    'where NODE_EXTRA_CA_CERTS is missing': { NODE_EXTRA_CA_CERTS: MISSING },
    'where NODE_EXTRA_CA_CERTS is garbage': { NODE_EXTRA_CA_CERTS: GARBAGE },
    'where NODE_EXTRA_CA_CERTS names another authority': { NODE_EXTRA_CA_CERTS: otherCa.path },
  })) {
    test(what, async (t) => {
      const { name, code, retryable } = await lookUp(t, env)
      assert.deepEqual([name, code, retryable], ['ChatBotKitError', 'ERR_API_UNTRUSTED', false])
    })
  }
})

// There is no public host to ask from here.
test('public authorities are known where the system has no certificates', () => {
  const addon = readdirSync(ROOT).find((file) => file.endsWith('.node'))
  const bytes = readFileSync(join(ROOT, addon))
  for (const authority of ['ISRG Root X1', 'DigiCert Global Root G2', 'GTS Root R1']) {
    assert.ok(bytes.includes(authority), authority)
  }
})
