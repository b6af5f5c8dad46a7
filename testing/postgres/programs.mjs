/**
 * Where PostgreSQL's programs are: Debian puts none of the server's on the PATH.
 */
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const DEBIAN = '/usr/lib/postgresql'

/** The folder of the newest server that Debian's packages brought, or the first on the PATH. */
function serverFolder() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : []
  const newestFirst = versions.sort((one, other) => other - one)
  const folders = [
    ...newestFirst.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? ''
}

/** The path of one of the server's programs: `initdb`, `postgres`. */
export const serverProgram = (name) => join(serverFolder(), name)

/** The path of PgBouncer. */
export function pgBouncerProgram() {
  return existsSync('/usr/sbin/pgbouncer') ? '/usr/sbin/pgbouncer' : 'pgbouncer'
}

/**
 * A command as it has to be run: the server refuses to be root's, and so does PgBouncer.
 *
 * @returns {[string, string[]]} program and arguments
 */
export function asNobodySpecial(program, args) {
  if (process.getuid?.() !== 0) return [program, args]
  return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]]
}
