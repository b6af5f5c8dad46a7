/**
 * An example application as its users have it: a folder of its own, outside this repository, built
 * and started with Next's own commands.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exampleFolder } from '../../scripts/examples.mjs'
import { freePort } from '../../testing/ports.mjs'
import { startProcess, temporaryFolder } from '../../testing/processes.mjs'

const run = promisify(execFile)

const NEXT = join('node_modules', 'next', 'dist', 'bin', 'next')

/** What a build or a server of this machine must not inherit: the tests set their own, or none. */
export const SETTINGS = [
  ...['CHATBOTKIT_API_SECRET', 'CHATBOTKIT_BASE_URL', 'AUTH_SECRET', 'AUTH_URL', 'NEXTAUTH_SECRET'],
  ...['NEXTAUTH_URL', 'MAIL_URL', 'NODE_ENV', 'STANDALONE', 'RATE_LIMITS', 'TRUSTED_PROXIES'],
  ...['REDIS_URL', 'DATABASE_URL', 'KV_URL', 'KV_REST_API_URL', 'UPSTASH_REDIS_REST_URL'],
]

const NEXT_ENVIRONMENT = { NEXT_TELEMETRY_DISABLED: '1' }

/** A copy of an example, with its own node_modules. @returns {string} its folder */
export function copyExample(name) {
  return copyApplication(exampleFolder(name))
}

/** A copy of an application that was not built. `next dev` runs once in a folder. */
export function copyApplication(from) {
  const folder = join(temporaryFolder('next'), 'app')
  cloneFolder(from, folder)
  return folder
}

/** @param {string[]} args for `next build` */
export async function build(folder, { args = [], env } = {}) {
  try {
    const { stdout, stderr } = await run(process.execPath, [NEXT, 'build', ...args], {
      cwd: folder,
      env: { ...cleanEnvironment(), ...NEXT_ENVIRONMENT, ...env },
      maxBuffer: 16 * 1024 ** 2,
    })
    return stdout + stderr
  } catch (error) {
    throw new Error(`next build failed:\n${error.stdout}\n${error.stderr}`)
  }
}

/**
 * @param {object} options
 * @param {string} options.folder
 * @param {'start' | 'dev' | 'standalone'} options.mode
 * @param {Record<string, string>} options.env
 * @param {string[]} [options.args] more for `next dev`
 * @param {number} [options.port]
 */
export async function serve({ folder, mode, env, args = [], port }) {
  const at = port ?? (await freePort())
  const origin = `http://localhost:${at}`
  const output = []
  const command = mode === 'standalone' ? ['server.js'] : [NEXT, mode, '-p', `${at}`, ...args]
  const server = await startProcess(process.execPath, command, /Ready in/, {
    cwd: folder,
    group: true,
    onOutput: (text) => output.push(`${text}`),
    env: {
      ...Object.fromEntries(SETTINGS.map((name) => [name, ''])),
      NODE_ENV: mode === 'dev' ? 'development' : 'production',
      ...NEXT_ENVIRONMENT,
      ...(mode === 'standalone' && { PORT: `${at}`, HOSTNAME: 'localhost' }),
      ...{ AUTH_URL: origin, NEXTAUTH_URL: origin },
      ...env,
    },
  })
  return {
    origin,
    port: at,
    pid: server.pid,
    output: () => output.join(''),
    stop: () => server.kill(),
  }
}

/** Moves nothing: copies what `output: 'standalone'` made, and the assets beside it as its docs ask. */
export function copyStandalone(folder) {
  const target = join(temporaryFolder('standalone'), 'app')
  cpSync(join(folder, '.next', 'standalone'), target, { recursive: true, verbatimSymlinks: true })
  cpSync(join(folder, '.next', 'static'), join(target, '.next', 'static'), { recursive: true })
  return target
}

export const newSecret = () => randomBytes(32).toString('hex')

function cleanEnvironment() {
  const entries = Object.entries(process.env).filter(([name]) => !SETTINGS.includes(name))
  return Object.fromEntries(entries)
}

/** Hard links where the file system has them: node_modules is some hundred MB. */
export function cloneFolder(from, to) {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (/^(\.next|\.env|auth\.db.*)$/.test(entry.name)) continue
    if (entry.isDirectory()) cloneFolder(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (from.includes('node_modules')) linkOrCopy(source, target)
    else copyFileSync(source, target)
  }
}

function linkOrCopy(source, target) {
  try {
    linkSync(source, target)
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes(error.code)) throw error
    copyFileSync(source, target)
  }
}
