/** The binary of each platform, as far as this machine can build it. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { buildLinux } from '../../scripts/build-linux.mjs'
import { checkBinary } from '../../scripts/check-binary.mjs'
import { output, ROOT } from '../../scripts/programs.mjs'
import { TARGETS } from '../../scripts/targets.mjs'
import { NotRun } from './table.mjs'

/** This machine's platform. */
export const PLATFORM = createRequire(import.meta.url)(
  '../../lib/native/platform.js',
).platformName()

/**
 * Builds a platform's binary and checks it.
 *
 * @param {NodeJS.ProcessEnv} python with zig and cargo-zigbuild
 * @returns {string} a note for the table
 */
export function buildPlatform(platform, folder, python) {
  mkdirSync(folder, { recursive: true })
  const file = build(platform, folder, python)
  const { size, glibc, faults } = checkBinary(file)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `${size} bytes${glibc ? `, glibc ${glibc}` : ''}`
}

function build(platform, folder, python) {
  const { triple, os } = TARGETS[platform]
  if (platform === PLATFORM && os !== 'linux') return copyBuild(platform, folder)
  if (os !== 'linux')
    throw new NotRun(`needs a machine with ${os}; .github/workflows/ci.yml has one`)
  if (!hasStandardLibrary(triple)) {
    throw new NotRun(`no Rust standard library for ${triple} here (rustup target add ${triple})`)
  }
  return buildLinux(platform, folder, python)
}

/** What `npm run build` made: other systems need no other linker. */
function copyBuild(platform, folder) {
  const file = join(ROOT, `chatbotkit-nextauth.${platform}.node`)
  const copy = join(folder, basename(file))
  copyFileSync(file, copy)
  return copy
}

function hasStandardLibrary(triple) {
  const args = ['--print', 'target-libdir', '--target', triple]
  return existsSync(output('rustc', args).trim())
}
