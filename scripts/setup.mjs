/**
 * What a fresh clone needs before anything runs. Node's own modules only: nothing is installed yet.
 * Every step looks first, does nothing when there is nothing to do, and prints one line when there is.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** next-auth v4 for the sign-in tests: its peers conflict with the root's @auth/core. */
export const NEXTAUTH_V4 = join(ROOT, '__test__', 'signin', 'nextauth-v4')

const NODE_MAJOR = 20
const WINDOWS = process.platform === 'win32'

/** What the tests start besides Node, by the name of its Debian package: the programs it brings. */
const SYSTEM_PACKAGES = {
  'redis-server': ['redis-server', 'redis-cli'],
  openssl: ['openssl'],
  // For zig, which links against an old glibc, and the checks of the workflows.
  'python3-pip': ['python3', 'pip3'],
  binutils: ['objdump'],
  chromium: ['chromium'],
}
const REDIS_SERVICE = '/etc/init.d/redis-server'

/** Something is missing that only the person at the keyboard can install. */
export class SetupError extends Error {
  name = 'SetupError'
}

/** @throws {SetupError} when this Node is too old */
export function checkNode() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return
  throw new SetupError(
    `Node ${process.versions.node} is too old: install Node ${NODE_MAJOR} or newer from https://nodejs.org.`,
  )
}

/** @throws {SetupError} when Rust or a C compiler is missing or too old, and the addon has to be built */
export function checkToolchain() {
  if (!isAddonStale()) return
  const needed = /^rust-version = "([\d.]+)"/m.exec(readText('Cargo.toml'))?.[1] ?? '0'
  const cargo = /^cargo (\d+\.\d+)/.exec(output('cargo', ['--version']))?.[1]
  if (!cargo) {
    throw new SetupError(
      `Rust is missing (no "cargo" on the PATH): install Rust ${needed} or newer from https://rustup.rs, then open a new terminal.`,
    )
  }
  if (compareVersions(cargo, needed) < 0) {
    throw new SetupError(
      `Rust ${cargo} is too old: run "rustup update" (${needed} or newer is needed).`,
    )
  }
  if (!hasCompiler()) {
    const install = {
      darwin: 'run "xcode-select --install"',
      linux: 'install one, for example with "apt install build-essential" or "apk add build-base"',
    }
    throw new SetupError(
      `A C compiler is missing (no "cc", "gcc" or "clang" on the PATH): ${install[process.platform] ?? 'install one'}.`,
    )
  }
}

/**
 * Runs `npm ci` in each of `folders` whose node_modules is missing or older than its lock file.
 *
 * @param {string[]} [folders] everything the tests need when left out
 */
export function installDependencies(folders = [ROOT, NEXTAUTH_V4]) {
  for (const folder of folders) {
    // npm writes this file last, so a broken-off installation counts as none.
    const installed = modified(join(folder, 'node_modules', '.package-lock.json'))
    if (installed >= modified(join(folder, 'package-lock.json'))) continue
    say(`Installing the dependencies of ${relative(ROOT, folder) || 'the project'} (npm ci)`)
    // next's optional dependencies are its compiler and sharp, some hundred MB that no test uses.
    npm(folder === NEXTAUTH_V4 ? ['ci', '--omit=optional'] : ['ci'], folder)
  }
}

/**
 * Installs the Debian packages among `names` whose programs are not on the PATH. Needs apt-get, and
 * root or a sudo that asks for no password; tests that need real servers are never skipped instead.
 *
 * @param {(keyof typeof SYSTEM_PACKAGES)[]} [names] everything the tests need when left out
 * @throws {SetupError} with the command to run, when it cannot be run from here
 */
export function installSystemPackages(names = Object.keys(SYSTEM_PACKAGES)) {
  const missing = names.filter((name) => !SYSTEM_PACKAGES[name].every(isOnPath))
  if (missing.length === 0) return
  const elevation = elevated()
  if (!isOnPath('apt-get') || !elevation) throw new SetupError(missingPackages(missing))
  const hadService = existsSync(REDIS_SERVICE)
  say(`Installing ${missing.join(' and ')} (apt-get install)`)
  aptGet(elevation, ['update'])
  aptGet(elevation, ['install', '-y', '--no-install-recommends', ...missing])
  if (!hadService && existsSync(REDIS_SERVICE)) stopRedisService(elevation)
}

/** Runs `npm run build` when the native binary is missing or older than what it is built from. */
export function buildAddon() {
  if (!isAddonStale()) return
  say('Building the native addon (npm run build), a few minutes the first time')
  npm(['run', 'build'], ROOT)
  // Where copying a file keeps its date, or cargo had nothing to do, the binary would look old for ever.
  const now = new Date()
  for (const binary of binaries()) utimesSync(binary, now, now)
}

/** What makes a command run as root: nothing for root, sudo where it asks for no password. */
function elevated() {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined
}

function aptGet(elevation, args) {
  // Through env: sudo passes no variables on.
  const command = [...elevation, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args]
  const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' })
  if (status !== 0) throw new SetupError(`"${command.join(' ')}" failed:\n${stdout}${stderr}`)
}

/** The package starts a server on port 6379 where services may start; the tests start their own. */
function stopRedisService(elevation) {
  const systemd = existsSync('/run/systemd/system')
  const stop = systemd
    ? ['systemctl', 'disable', '--now', 'redis-server']
    : ['service', 'redis-server', 'stop']
  const command = [...elevation, ...stop]
  spawnSync(command[0], command.slice(1))
}

function missingPackages(names) {
  const programs = names.flatMap((name) => SYSTEM_PACKAGES[name]).filter((name) => !isOnPath(name))
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
  return `Not on the PATH: ${programs.join(', ')}, which the tests start: ${install}.`
}

function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const file = WINDOWS ? `${program}.exe` : program
  return folders.some((folder) => existsSync(join(folder, file)))
}

function isAddonStale() {
  const sources = ['Cargo.toml', 'Cargo.lock', 'build.rs', ...filesUnder('src')]
  const newest = Math.max(...sources.map((file) => modified(join(ROOT, file))))
  return Math.max(0, ...binaries().map(modified)) < newest
}

/** What was built for this platform; 0, 1, or, with glibc and musl on one machine, 2 files. */
function binaries() {
  const prefix = `chatbotkit-nextauth.${process.platform}-${process.arch}`
  return readdirSync(ROOT)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.node'))
    .map((file) => join(ROOT, file))
}

function filesUnder(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)))
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function readText(file) {
  return readFileSync(join(ROOT, file), 'utf8')
}

function hasCompiler() {
  // On Windows the compiler is on no PATH; cargo finds it, or says what to install.
  if (WINDOWS) return true
  const candidates = [process.env.CC?.split(' ')[0], 'cc', 'gcc', 'clang']
  return candidates.some((name) => name && output(name, ['--version']))
}

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' })
  return status === 0 ? stdout : ''
}

function npm(args, cwd) {
  // npm is a shell script on Windows.
  const { status, error } = spawnSync('npm', args, { cwd, stdio: 'inherit', shell: WINDOWS })
  if (status !== 0) {
    throw new SetupError(
      `"npm ${args.join(' ')}" failed in ${cwd}${error ? `: ${error.message}` : ''}.`,
    )
  }
}

function compareVersions(left, right) {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number))
  return a[0] - b[0] || (a[1] ?? 0) - (b[1] ?? 0)
}

function say(line) {
  console.log(`> ${line}`)
}
