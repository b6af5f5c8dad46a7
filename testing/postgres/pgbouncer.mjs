/**
 * A real PgBouncer on loopback, which gives each transaction any connection of its own.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onFreePort } from '../ports.mjs'
import { startProcess, temporaryFolder } from '../processes.mjs'
import { PASSWORD } from './postgres.mjs'
import { asNobodySpecial, pgBouncerProgram } from './programs.mjs'

const READY = /process up/

/**
 * @param {import('./postgres.mjs').Postgres} postgres what it connects to
 * @param {Record<string, string | number>} [settings] more of its own
 * @returns {Promise<{ url: string, pid: number, kill(): Promise<void>, restart(): Promise<void>, stop(): Promise<void> }>}
 */
export async function startPgBouncer(postgres, settings = {}) {
  const folder = temporaryFolder('pgbouncer')
  return onFreePort(async (port) => {
    const file = configure(folder, port, postgres, settings)
    let server = await launch(file)
    return {
      url: `postgres://app:${encodeURIComponent(PASSWORD)}@localhost:${port}/app`,
      get pid() {
        return server.pid
      },
      kill: () => server.kill(),
      async restart() {
        await server.kill()
        server = await launch(file)
      },
      async stop() {
        await server.kill()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  })
}

function configure(folder, port, postgres, settings) {
  const users = join(folder, 'users.txt')
  writeFileSync(users, `"app" "${PASSWORD.replaceAll('"', '""')}"\n`)
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: 'transaction',
    default_pool_size: 4,
    // By itself it leaves a server alone for 15 seconds that it could not log in to.
    server_login_retry: 1,
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  const file = join(folder, 'pgbouncer.ini')
  const database = `app = host=${postgres.folder} port=${postgres.port} dbname=app`
  writeFileSync(file, `[databases]\n${database}\n[pgbouncer]\n${lines.join('\n')}\n`)
  share(folder, [users, file])
  return file
}

/** Lets whoever it runs as read its files. */
function share(folder, files) {
  if (process.getuid?.() !== 0) return
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])))
  for (const path of [folder, ...files]) chownSync(path, uid, gid)
  chmodSync(dirname(folder), 0o711)
}

function launch(file) {
  const [program, args] = asNobodySpecial(pgBouncerProgram(), [file])
  return startProcess(program, args, READY)
}
