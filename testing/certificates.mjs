/**
 * Certificates made on the spot by OpenSSL: a key in the repository would set every scanner off.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './processes.mjs'

const run = promisify(execFile)

/** Redis shows its server certificate as a client, to other nodes of a cluster, hence clientAuth. */
const CONFIGURATION = `
[ca]
default_ca = untimely
[untimely]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
[elsewhere]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:elsewhere.example
[client]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth
`

/**
 * @typedef {{ path: string, pem: string }} Pem
 * @typedef {{ certificate: Pem, key: Pem, tls: { key: string, cert: string } }} Identity `tls`: options
 *   of Node's servers and clients
 *
 * @typedef {object} Certificates
 * @property {Pem} ca who signed `server`, `elsewhere` and `client`
 * @property {Pem} otherCa who signed `otherClient`, and nothing else
 * @property {Identity} server for localhost, 127.0.0.1 and ::1
 * @property {Identity} elsewhere for a host that is not this one:
 *   `startRedis({ tls: { ...certificates, server: certificates.elsewhere } })`
 * @property {Identity} client
 * @property {Identity} otherClient one that servers of `ca` refuse
 * @property {Identity} selfSigned for localhost, 127.0.0.1 and ::1
 */

/** @returns {Promise<Certificates>} valid for a day */
export async function createCertificates() {
  const office = openOffice('certificates')
  const [ca, otherCa, selfSigned] = await Promise.all([
    selfSignedBy(office, 'ca', 'authority'),
    selfSignedBy(office, 'other-ca', 'authority'),
    selfSignedBy(office, 'self-signed', 'server'),
  ])
  const [server, elsewhere, client, otherClient] = await Promise.all([
    identity(office, 'server', 'server', ca),
    identity(office, 'elsewhere', 'elsewhere', ca),
    identity(office, 'client', 'client', ca),
    identity(office, 'other-client', 'client', otherCa),
  ])
  const authorities = { ca: ca.certificate, otherCa: otherCa.certificate }
  return { ...authorities, selfSigned, server, elsewhere, client, otherClient }
}

/** Start and end, as YYMMDDHHMMSSZ. */
const UNTIMELY = {
  expired: ['200101000000Z', '210101000000Z'],
  future: ['470101000000Z', '480101000000Z'],
}

/**
 * @returns {Promise<{ ca: Pem, expired: Identity, future: Identity }>} servers for localhost whose
 *   time is over or has not come
 */
export async function createUntimely() {
  const office = openOffice('untimely')
  writeFileSync(join(office.folder, 'index.txt'), '')
  const ca = await selfSignedBy(office, 'ca', 'authority')
  const made = { ca: ca.certificate }
  // One after the other: they write one index. `openssl ca` alone takes both dates everywhere.
  for (const [name, [start, end]] of Object.entries(UNTIMELY)) {
    made[name] = await identity(office, name, 'server', ca, [
      ...[
        'ca',
        '-batch',
        '-notext',
        '-config',
        office.config,
        '-startdate',
        start,
        '-enddate',
        end,
      ],
      ...['-cert', ca.certificate.path, '-keyfile', ca.key.path],
    ])
  }
  return made
}

function openOffice(name) {
  const folder = temporaryFolder(name)
  const config = join(folder, 'openssl.cnf')
  writeFileSync(config, CONFIGURATION)
  return { folder, config }
}

async function selfSignedBy({ folder, config }, name, extensions) {
  const { key, certificate } = paths(folder, name)
  const subject = ['-subj', `/CN=${name}`, '-days', '1', '-out', certificate]
  const extension = ['-config', config, '-extensions', extensions]
  await run('openssl', ['req', '-x509', ...newKey(key), ...subject, ...extension])
  return read({ key, certificate })
}

/** Signed with `signature`: a command of OpenSSL with its options, for a day when left out. */
async function identity({ folder, config }, name, extensions, signer, signature) {
  const { key, certificate } = paths(folder, name)
  const request = join(folder, `${name}.csr`)
  const subject = ['-subj', `/CN=${name}`, '-config', config]
  await run('openssl', ['req', '-new', ...newKey(key), '-out', request, ...subject])
  const forADay = [
    ...['x509', '-req', '-days', '1', '-CA', signer.certificate.path, '-CAkey', signer.key.path],
    // A number of its own for each: serial files would be written by all of them at once.
    ...['-set_serial', String(process.hrtime.bigint())],
  ]
  const extension = ['-extfile', config, '-extensions', extensions]
  const files = ['-in', request, '-out', certificate]
  const command = [...(signature ?? forADay), ...files, ...extension]
  await run('openssl', command, { cwd: folder })
  return read({ key, certificate })
}

function newKey(file) {
  // Elliptic: an RSA key would take longer than all the rest.
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file]
}

function paths(folder, name) {
  return { key: join(folder, `${name}.key`), certificate: join(folder, `${name}.pem`) }
}

function read({ key, certificate }) {
  const pem = (path) => ({ path, pem: readFileSync(path, 'utf8') })
  const identity = { key: pem(key), certificate: pem(certificate) }
  return { ...identity, tls: { key: identity.key.pem, cert: identity.certificate.pem } }
}
