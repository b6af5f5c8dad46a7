/**
 * Certificates made on the spot by OpenSSL, valid for a day.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './processes.mjs'

const run = promisify(execFile)

/** Redis shows its server certificate as a client, to other nodes of a cluster, hence clientAuth. */
const EXTENSIONS = `
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
 * @typedef {{ certificate: Pem, key: Pem }} Identity
 *
 * @typedef {object} Certificates
 * @property {Pem} ca who signed `server`, `elsewhere` and `client`
 * @property {Pem} otherCa who signed `otherClient`, and nothing else
 * @property {Identity} server for localhost, 127.0.0.1 and ::1
 * @property {Identity} elsewhere for a host that is not this one:
 *   `startRedis({ tls: { ...certificates, server: certificates.elsewhere } })`
 * @property {Identity} client
 * @property {Identity} otherClient one that servers of `ca` refuse
 */

/** @returns {Promise<Certificates>} */
export async function createCertificates() {
  const folder = temporaryFolder('certificates')
  const config = join(folder, 'openssl.cnf')
  writeFileSync(config, EXTENSIONS)
  const office = { folder, config }

  const [ca, otherCa] = await Promise.all([authority(office, 'ca'), authority(office, 'other-ca')])
  const [server, elsewhere, client, otherClient] = await Promise.all([
    identity(office, 'server', 'server', ca),
    identity(office, 'elsewhere', 'elsewhere', ca),
    identity(office, 'client', 'client', ca),
    identity(office, 'other-client', 'client', otherCa),
  ])
  const authorities = { ca: ca.certificate, otherCa: otherCa.certificate }
  return { ...authorities, server, elsewhere, client, otherClient }
}

async function authority({ folder, config }, name) {
  const { key, certificate } = paths(folder, name)
  const subject = ['-subj', `/CN=${name}`, '-days', '1']
  const extensions = ['-config', config, '-extensions', 'authority']
  await run('openssl', [
    'req',
    '-x509',
    ...newKey(key),
    '-out',
    certificate,
    ...subject,
    ...extensions,
  ])
  return read({ key, certificate })
}

async function identity({ folder, config }, name, extensions, signer) {
  const { key, certificate } = paths(folder, name)
  const request = join(folder, `${name}.csr`)
  const subject = ['-subj', `/CN=${name}`, '-config', config]
  await run('openssl', ['req', '-new', ...newKey(key), '-out', request, ...subject])
  const signature = ['-CA', signer.certificate.path, '-CAkey', signer.key.path]
  // A number of its own for each: serial files would be written by all of them at once.
  const serial = ['-set_serial', String(BigInt(process.hrtime.bigint())), '-days', '1']
  const extension = ['-extfile', config, '-extensions', extensions]
  const files = ['-in', request, '-out', certificate]
  await run('openssl', ['x509', '-req', ...files, ...signature, ...serial, ...extension])
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
  return { key: pem(key), certificate: pem(certificate) }
}
