/**
 * `npm run build`: the binary of this machine's platform, in the repository's root, as it is released.
 *
 *     npm run build -- --target x86_64-unknown-linux-musl    what `napi build` takes
 *
 * Paths of the machine that builds do not get into the binary: it would tell who built it, and two
 * machines would never build the same one.
 */
import { spawnSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CARGO_HOME = process.env.CARGO_HOME || join(homedir(), '.cargo')

/** Where the sources of the crates are; this crate's own are named relative to its root already. */
const SOURCES = join(CARGO_HOME, 'registry', 'src')

/** The environment in which every release build runs. */
export function buildEnvironment(environment = process.env) {
  const { CARGO_ENCODED_RUSTFLAGS, RUSTFLAGS, CFLAGS } = environment
  const given = CARGO_ENCODED_RUSTFLAGS?.split('\x1f') ?? RUSTFLAGS?.split(/\s+/) ?? []
  const flags = [...given.filter(Boolean), `--remap-path-prefix=${SOURCES}=crates`]
  // ring has C and assembler in it. Microsoft's compiler has no such option, and writes no paths.
  const remapped = `-ffile-prefix-map=${SOURCES}=crates`
  return {
    ...environment,
    CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
    ...(process.platform !== 'win32' && { CFLAGS: [CFLAGS, remapped].filter(Boolean).join(' ') }),
  }
}

function build(args) {
  const napi = ['build', '--platform', '--release', '--no-js', '--dts', 'native.d.ts', ...args]
  const { status, error } = spawnSync('napi', napi, {
    cwd: ROOT,
    env: buildEnvironment(),
    stdio: 'inherit',
    // npm's programs are shell scripts on Windows.
    shell: process.platform === 'win32',
  })
  if (error) console.error(`napi could not be started: ${error.message}. Use "npm run build".`)
  return status ?? 1
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = build(process.argv.slice(2))
