/**
 * `npm run test:e2e`: the example applications in a real browser. Installs what is missing first.
 *
 *     npm run test:e2e                  everything
 *     npm run test:e2e authjs           the files whose path has that part
 *     npm run test:e2e -- --pictures    and makes the pictures of the examples' READMEs anew
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EXAMPLES, installExample } from './examples.mjs'
import { runTests } from './node-tests.mjs'
import {
  buildAddon,
  checkNode,
  checkToolchain,
  installDependencies,
  installSystemPackages,
  ROOT,
  SetupError,
} from './setup.mjs'

const FOLDER = join(ROOT, '__test__', 'e2e')

function testFiles(parts) {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.test.mjs'))
    .map((file) => join(FOLDER, file))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
}

try {
  const parts = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
  const files = testFiles(parts)
  if (files.length === 0) throw new SetupError(`No test file matches ${parts.join(' ')}`)
  checkNode()
  checkToolchain()
  installSystemPackages()
  installDependencies([ROOT, FOLDER])
  buildAddon()
  EXAMPLES.forEach(installExample)
  // One file after another: each has builds, servers and a browser of its own.
  runTests(files, {
    flags: ['--test-concurrency=1'],
    env: { ...process.env, README_PICTURES: process.argv.includes('--pictures') ? '1' : '0' },
  })
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(`\n${error.message}`)
  process.exitCode = 1
}
