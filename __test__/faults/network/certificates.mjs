/**
 * Certificates that are not valid today, made by OpenSSL's `ca`, which alone takes both dates.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '../../../testing/processes.mjs'

const run = promisify(execFile)

const CONFIG = `
[ca]
default_ca = office
[office]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
`

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Start and end, as YYMMDDHHMMSSZ. */
const DATES = {
  expired: ['200101000000Z', '210101000000Z'],
  future: ['470101000000Z', '480101000000Z'],
}

/**
 * @returns {Promise<{ ca: string, expired: Identity, future: Identity }>} the path of the authority's
 *   certificate, and servers for localhost whose time is over or has not come
 * @typedef {{ key: string, cert: string }} Identity as PEM
 */
export async function createUntimely() {
  const cwd = temporaryFolder('untimely')
  writeFileSync(join(cwd, 'openssl.cnf'), CONFIG)
  writeFileSync(join(cwd, 'index.txt'), '')
  const openssl = (...args) => run('openssl', [...args, '-config', 'openssl.cnf'], { cwd })
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-extensions', 'authority']
  await openssl('req', '-x509', ...KEY, ...authority, '-subj', '/CN=untimely', '-days', '1')
  const made = {}
  for (const [name, [start, end]] of Object.entries(DATES)) {
    const [key, request, certificate] = [`${name}.key`, `${name}.csr`, `${name}.pem`]
    await openssl('req', '-new', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`)
    const dates = ['-startdate', start, '-enddate', end]
    const signer = ['-cert', 'ca.pem', '-keyfile', 'ca.key', '-extensions', 'server']
    const files = ['-in', request, '-out', certificate]
    await openssl('ca', '-batch', '-notext', ...files, ...dates, ...signer)
    const read = (file) => readFileSync(join(cwd, file), 'utf8')
    made[name] = { key: read(key), cert: read(certificate) }
  }
  return { ca: join(cwd, 'ca.pem'), ...made }
}
