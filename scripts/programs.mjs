/** Starts other programs, in the repository's root unless told otherwise, and waits for their end. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const WINDOWS = process.platform === 'win32'

/** Shell scripts on Windows. None of their arguments comes from outside. */
const SHELL_SCRIPTS = ['npm', 'napi']

/** Enough for the metadata of many crates, in bytes. */
const OUTPUT_LIMIT = 256 * 1024 * 1024

/** A command cannot go on, and its message says why and what to do: it is shown without a stack. */
export class CommandError extends Error {
  name = 'CommandError'
}

/**
 * Runs a program whose output is shown.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 * @throws {CommandError}
 */
export function run(command, args, options) {
  start(command, args, { stdio: 'inherit', ...options })
}

/** Runs a program like `run`. @returns {string} what it printed */
export function output(command, args, options) {
  return start(command, args, { maxBuffer: OUTPUT_LIMIT, ...options }).stdout
}

function start(command, args, options) {
  const shell = WINDOWS && SHELL_SCRIPTS.includes(basename(command))
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', shell, ...options })
  if (result.status === 0) return result
  const reason = result.error?.message ?? `${result.stdout ?? ''}${result.stderr ?? ''}`
  const place = options.cwd ? ` in ${options.cwd}` : ''
  throw new CommandError(`"${command} ${args.join(' ')}" failed${place}${reason && `: ${reason}`}`)
}

/** What cargo knows of the crates in Cargo.lock, which has to agree with Cargo.toml. */
export function cargoMetadata(...args) {
  return JSON.parse(output('cargo', ['metadata', '--locked', '--format-version', '1', ...args]))
}

export function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const file = WINDOWS ? `${program}.exe` : program
  return folders.some((folder) => existsSync(join(folder, file)))
}
