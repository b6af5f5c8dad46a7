/**
 * Checks a binary that is to be released: its size, that no path of the machine that built it is
 * in it, and, of one for glibc, that it runs with GLIBC_FLOOR.
 *
 *     node scripts/check-binary.mjs <file …>
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GLIBC_FLOOR } from './build-linux.mjs'
import { output } from './programs.mjs'

/** In bytes. */
const SIZE_BUDGET = 8_500_000

/** What a path of a machine that builds looks like, but for the folders that the program reads. */
const PATHS =
  /(?:\/home\/|\/root\/|\/Users\/|[A-Z]:\\Users\\|\.cargo\b|\.rustup\b|\/tmp\/)[^\0]{0,80}/

/** @returns {{ size: number, glibc?: string, faults: string[] }} */
export function checkBinary(file) {
  const bytes = readFileSync(file)
  const text = bytes.toString('latin1')
  const faults = []
  if (bytes.length > SIZE_BUDGET) {
    faults.push(`${bytes.length} bytes are more than the ${SIZE_BUDGET} that it may have`)
  }
  for (const pattern of [PATHS, homedir()]) {
    const found =
      typeof pattern === 'string' ? text.includes(pattern) && pattern : PATHS.exec(text)?.[0]
    if (found) faults.push(`it has a path of this machine in it: ${found}`)
  }
  if (!/linux-\w+-gnu\.node$/.test(file)) return { size: bytes.length, faults }
  const glibc = newestGlibc(file)
  if (compare(glibc, GLIBC_FLOOR) > 0) {
    faults.push(`it needs glibc ${glibc}, which is newer than ${GLIBC_FLOOR}`)
  }
  return { size: bytes.length, glibc, faults }
}

/** The newest version of glibc that a symbol of the file asks for. */
function newestGlibc(file) {
  const symbols = output('objdump', ['-T', resolve(file)])
  const versions = [...symbols.matchAll(/GLIBC_(\d+(?:\.\d+)+)/g)].map(([, version]) => version)
  if (versions.length === 0) throw new Error(`${file} asks for no version of glibc: is it linked?`)
  return versions.sort(compare).at(-1)
}

function compare(left, right) {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number))
  return a[0] - b[0] || a[1] - b[1] || (a[2] ?? 0) - (b[2] ?? 0)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = process.argv.slice(2)
  if (files.length === 0) throw new Error('Usage: node scripts/check-binary.mjs <file …>')
  for (const file of files) {
    const { size, glibc, faults } = checkBinary(file)
    console.log(`${file}: ${size} bytes${glibc ? `, glibc ${glibc}` : ''}, ${faults.length} faults`)
    for (const fault of faults) console.error(`${file}: ${fault}`)
    if (faults.length > 0) process.exitCode = 1
  }
}
