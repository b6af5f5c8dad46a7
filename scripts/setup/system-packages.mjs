/** The programs that the tests start besides Node. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { pgBouncerProgram, serverProgram } from '../../testing/postgres/programs.mjs'
import { CommandError, isOnPath, output } from '../programs.mjs'

/**
 * By the name of the Debian package: the programs that it brings, whether they are on the PATH or
 * where the tests look for them, and the service that it starts where services may start.
 *
 * @type {Record<string, { programs: string[], service?: string }>}
 */
export const SYSTEM_PACKAGES = {
  'redis-server': { programs: ['redis-server', 'redis-cli'], service: 'redis-server' },
  postgresql: { programs: [serverProgram('initdb'), 'psql'], service: 'postgresql' },
  pgbouncer: { programs: [pgBouncerProgram()], service: 'pgbouncer' },
  openssl: { programs: ['openssl'] },
  // For zig, which links against an old glibc, and the checks of the crates and the workflows.
  'python3-pip': { programs: ['python3', 'pip3'] },
  binutils: { programs: ['objdump'] },
  chromium: { programs: ['chromium'] },
}

/**
 * Installs the packages whose programs are not on the PATH. Needs apt-get, and root or a sudo that
 * asks for no password; tests that need real servers are never skipped instead.
 *
 * @param {string[]} names of SYSTEM_PACKAGES
 * @throws {CommandError} with the command to run, when it cannot be run from here
 */
export function installSystemPackages(names) {
  const missing = names.filter((name) => !SYSTEM_PACKAGES[name].programs.every(isThere))
  if (missing.length === 0) return
  const elevation = elevated()
  if (!isOnPath('apt-get') || !elevation) throw new CommandError(instructions(missing))
  const services = missing
    .map((name) => SYSTEM_PACKAGES[name].service)
    .filter((it) => it && !existsSync(`/etc/init.d/${it}`))
  const install = [...elevation, 'apt-get', 'install', ...missing].join(' ')
  console.log(`> This changes the system: ${install}`)
  if (services.length > 0) {
    console.log(`> and stops what that starts: ${services.join(', ')}. The tests start their own.`)
  }
  aptGet(elevation, ['update'])
  aptGet(elevation, ['install', '-y', '--no-install-recommends', ...missing])
  for (const service of services) stopService(elevation, service)
}

/** Whether a program is there, which is named alone or with its folder. */
function isThere(program) {
  return program.includes('/') ? existsSync(program) : isOnPath(program)
}

/** What makes a command run as root: nothing for root, sudo where it asks for no password. */
function elevated() {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined
}

function aptGet(elevation, args) {
  // Through env: sudo passes no variables on.
  const words = [...elevation, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args]
  output(words[0], words.slice(1))
}

/** A service that is not there, because none may start, needs no stopping. */
function stopService(elevation, service) {
  const stop = existsSync('/run/systemd/system')
    ? ['systemctl', 'disable', '--now', service]
    : ['service', service, 'stop']
  const [command, ...args] = [...elevation, ...stop]
  spawnSync(command, args)
}

/** How to install the packages by hand. */
function instructions(names) {
  const programs = names.flatMap((name) => SYSTEM_PACKAGES[name].programs)
  const elsewhere = names.map((name) => name.replace('-server', '')).join(' ')
  const managers = {
    'apt-get': `sudo apt-get update && sudo apt-get install -y ${names.join(' ')}`,
    apk: `sudo apk add ${elsewhere}`,
    dnf: `sudo dnf install -y ${elsewhere}`,
    pacman: `sudo pacman -S --noconfirm ${elsewhere}`,
    brew: `brew install ${elsewhere}`,
  }
  const manager = Object.keys(managers).find(isOnPath)
  const install = manager ? `run "${managers[manager]}"` : `install ${elsewhere}`
  const missing = programs.filter((name) => !isThere(name)).join(', ')
  return `Not on the PATH: ${missing}, which the tests start: ${install}.`
}
