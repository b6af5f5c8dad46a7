import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs test files with Node's test runner, and prints after its counts what failed. For use as a
 * process' last act: it sets the exit code.
 *
 * @param {string[]} files
 * @param {{ flags?: string[], env?: NodeJS.ProcessEnv }} [options]
 */
export function runTests(files, { flags = [], env = process.env } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'failed-tests-'))
  const failed = join(folder, 'failed')
  const reporters = [
    ['--test-reporter', process.stdout.isTTY ? 'spec' : 'tap'],
    ['--test-reporter-destination', 'stdout'],
    ['--test-reporter', new URL('failed-tests.mjs', import.meta.url).href],
    ['--test-reporter-destination', failed],
  ]
  try {
    const args = ['--test', ...flags, ...reporters.map((it) => it.join('=')), ...files]
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env })
    process.stdout.write(readFileSync(failed, 'utf8'))
    process.exitCode = status ?? 1
  } finally {
    rmSync(folder, { recursive: true })
  }
}
