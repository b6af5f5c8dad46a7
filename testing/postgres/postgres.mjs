/**
 * A real PostgreSQL on loopback.
 */
import { execFile, execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { onFreePort } from '../ports.mjs'
import { startProcess, temporaryFolder } from '../processes.mjs'
import { eventually } from '../waiting.mjs'
import { asNobodySpecial, serverProgram } from './programs.mjs'

const READY = /database system is ready to accept (read-only )?connections/

/** A port that is taken, in the words by which `onFreePort` knows it. */
const TAKEN = /could not bind .* Address already in use/i

/** How long what a killed server has started may live on, in milliseconds. */
const FAREWELL = 10_000

export const PASSWORD = 'p@ss: w"ord/?#'

const run = promisify(execFile)

/**
 * @typedef {object} PostgresOptions
 * @property {import('../certificates.mjs').Certificates} [tls] speak TLS, and nothing else over TCP
 * @property {boolean} [clientCertificate] with `tls`: refuse clients that show none of the CA's
 * @property {Record<string, string | number>} [settings] more of the server's own
 * @property {Postgres} [standbyOf] be a replica of that one, which gives it all that it writes
 * @property {string[]} [access] lines of pg_hba.conf, before those that want a password
 *
 * @typedef {object} Postgres
 * @property {string} url with the password
 * @property {number} port
 * @property {string} folder of its Unix socket
 * @property {number} pid of the process that starts all others
 * @property {boolean} running
 * @property {(sql: string) => Promise<string>} sql what psql prints of its rows; as a superuser
 * @property {() => Promise<number>} clients how many connections of the application there are
 * @property {() => Promise<void>} promote a replica, which takes writes from then on
 * @property {() => Promise<void>} kill SIGKILL; the port and the folder stay reserved for `restart`
 * @property {() => Promise<void>} restart on the same port and with the same data
 * @property {() => Promise<void>} stop for good, and removes its folder
 */

/**
 * @param {PostgresOptions} [options]
 * @returns {Promise<Postgres>} once it accepts connections
 */
export async function startPostgres(options = {}) {
  const folder = temporaryFolder('postgres')
  if (options.standbyOf) copy(folder, options.standbyOf)
  else initialise(folder, options)
  return onFreePort(async (port) => describe(folder, port, options, await launch(folder, port)))
}

/** The same for one test. @param {import('node:test').TestContext} t */
export async function postgresFor(t, options) {
  const postgres = await startPostgres(options)
  t.after(() => postgres.stop())
  return postgres
}

function describe(folder, port, { tls }, started) {
  let server = started
  const psql = async (sql, ...flags) => {
    const args = ['-h', folder, '-p', port, '-U', 'postgres', '-d', 'app', '-XAtq', ...flags]
    const options = { maxBuffer: 64 * 1024 ** 2 }
    const { stdout } = await run('psql', [...args, '-v', 'ON_ERROR_STOP=1', '-c', sql], options)
    return stdout.trim()
  }
  return {
    url: `postgres://app:${encodeURIComponent(PASSWORD)}@localhost:${port}/app`,
    port,
    folder,
    tls,
    get pid() {
      return server.pid
    },
    get running() {
      return server.running
    },
    sql: (sql) => psql(sql),
    async clients() {
      return Number(await psql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'"))
    },
    async promote() {
      await psql('SELECT pg_promote()')
    },
    kill: () => server.kill(),
    async restart() {
      await server.kill()
      // What it has started holds its memory until it has noticed.
      server = await eventually(() => launch(folder, port), FAREWELL)
    },
    async stop() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes an empty folder for the data. */
function dataFolder(folder) {
  const data = join(folder, 'data')
  // The folder that it is in is this user's alone.
  chmodSync(dirname(folder), 0o711)
  own(folder)
  mkdirSync(data, { mode: 0o700 })
  own(data)
  return data
}

/** Makes the data out of those of a primary. */
function copy(folder, primary) {
  const data = dataFolder(folder)
  const from = ['-h', primary.folder, '-p', primary.port, '-U', 'postgres'].map(String)
  runAsServer('pg_basebackup', ['-D', data, ...from, '-R', '-c', 'fast', '--no-sync'])
  appendFileSync(join(data, 'postgresql.auto.conf'), `unix_socket_directories = '${folder}'\n`)
}

/** Makes the data, with the role and the database `app`. */
function initialise(folder, { tls, clientCertificate = false, settings = {}, access = [] }) {
  const data = dataFolder(folder)
  runAsServer('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const all = {
    listen_addresses: 'localhost',
    unix_socket_directories: folder,
    // What was answered stands in the system's memory, which a killed server does not take along.
    fsync: 'off',
    shared_buffers: '16MB',
    ...(tls && certificates(data, tls)),
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'`)
  writeFileSync(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`)
  const how = clientCertificate ? 'scram-sha-256 clientcert=verify-ca' : 'scram-sha-256'
  const rules = [
    'local all postgres trust',
    'local replication postgres trust',
    ...access,
    `local all all scram-sha-256`,
  ]
  rules.push(`${tls ? 'hostssl' : 'host'} all all all ${how}`)
  writeFileSync(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`)
  const quoted = PASSWORD.replaceAll("'", "''")
  runAsServer('postgres', ['--single', '-D', data, 'postgres'], {
    input: `CREATE ROLE app LOGIN PASSWORD '${quoted}'\nCREATE DATABASE app OWNER app\n`,
  })
}

/** The settings with which the server shows a certificate that may be read by it alone. */
function certificates(data, { server, ca }) {
  const copy = (path, name) => {
    const file = join(data, name)
    copyFileSync(path, file)
    chmodSync(file, 0o600)
    own(file)
    return file
  }
  return {
    ssl: 'on',
    ssl_cert_file: copy(server.certificate.path, 'server.crt'),
    ssl_key_file: copy(server.key.path, 'server.key'),
    ssl_ca_file: copy(ca.path, 'ca.crt'),
  }
}

function runAsServer(name, args, options) {
  const [program, words] = asNobodySpecial(serverProgram(name), args)
  execFileSync(program, words, { stdio: ['pipe', 'ignore', 'pipe'], ...options })
}

/** Gives a file to whoever the server runs as. */
function own(path) {
  if (process.getuid?.() !== 0) return
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])))
  chownSync(path, uid, gid)
}

async function launch(folder, port) {
  const data = join(folder, 'data')
  const [program, args] = asNobodySpecial(serverProgram('postgres'), ['-D', data, '-p', port])
  try {
    return await startProcess(program, args.map(String), READY)
  } catch (error) {
    if (TAKEN.test(error.message)) throw new Error('Address already in use', { cause: error })
    throw error
  }
}
