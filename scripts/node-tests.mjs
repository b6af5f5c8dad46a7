/** Test files, and Node's test runner over them. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from './programs.mjs'

/**
 * The test files below a folder; Node 20 has no globs there, and packages that tests install bring
 * test files of their own.
 *
 * @param {string} folder
 * @param {(path: string) => boolean} isWanted
 * @throws {CommandError} when there is none
 */
export function testFiles(folder, isWanted) {
  const files = filesBelow(folder).filter((path) => /\.test\.m?js$/.test(path) && isWanted(path))
  if (files.length > 0) return files
  throw new CommandError(`No test file in ${folder} is named so`)
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return path
    return entry.name === 'node_modules' ? [] : filesBelow(path)
  })
}

/** Runs test files. For use as a process' last act: it sets the exit code. */
export function runTests(files, { flags = [], env = process.env } = {}) {
  // Its counts close the output, and after them come the failures. Node 20 prints TAP into pipes.
  const args = ['--test', '--test-reporter=spec', ...flags, ...files]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env })
  process.exitCode = status ?? 1
}
