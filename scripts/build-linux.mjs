/**
 * Builds the binary of a Linux platform with zig's linker, as it is released: those for glibc need
 * no newer one than GLIBC_FLOOR, whatever the machine has that builds.
 *
 *     node scripts/build-linux.mjs <platform> <folder for the *.node file>
 *
 * Needs cargo-zigbuild and ziglang (scripts/tools/requirements.txt), and Rust's standard
 * library for the target ("rustup target add").
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildEnvironment } from './build.mjs'
import { ROOT, run } from './programs.mjs'
import { TARGETS } from './targets.mjs'

/** RHEL 7 and Amazon Linux 2 have this one or newer; Rust's standard library asks for it. */
export const GLIBC_FLOOR = '2.17'

/**
 * @param {string} platform of Linux
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [environment] with cargo-zigbuild on its PATH
 * @returns {string} the file
 */
export function buildLinux(platform, folder, environment = process.env) {
  const { triple, libc } = TARGETS[platform]
  const target = libc === 'glibc' ? `${triple}.${GLIBC_FLOOR}` : triple
  const env = buildEnvironment(environment)
  // An addon is a shared library, which a static C library has no place in.
  if (libc === 'musl') env.CARGO_ENCODED_RUSTFLAGS += '\x1f-Ctarget-feature=-crt-static'
  run('cargo', ['zigbuild', '--release', '--lib', '--locked', '--target', target], { env })

  mkdirSync(folder, { recursive: true })
  const file = join(folder, `chatbotkit-nextauth.${platform}.node`)
  copyFileSync(join(ROOT, 'target', triple, 'release', 'libchatbotkit_nextauth.so'), file)
  return file
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [platform, folder] = process.argv.slice(2)
  if (TARGETS[platform]?.os !== 'linux' || !folder) {
    console.error('Usage: node scripts/build-linux.mjs <platform> <folder>')
    process.exitCode = 2
  } else {
    console.log(buildLinux(platform, folder))
  }
}
