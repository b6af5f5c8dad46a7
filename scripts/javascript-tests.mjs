/**
 * Runs Node's test runner over every test file, or over those whose path has one of the arguments
 * in it: `npm run test:js -- redis stores`. Node 20 has no globs there, and packages that
 * tests install bring test files of their own.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runTests } from './node-tests.mjs'
import { ROOT } from './setup.mjs'

/** Folders whose tests have a runner of their own; see `scripts` in package.json. */
const SUITES_OF_THEIR_OWN = ['e2e', 'faults']

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(path)
    return /\.test\.m?js$/.test(entry.name) ? [path] : []
  })
}

const only = process.argv.slice(2)
const isWanted = (file) =>
  only.length > 0
    ? only.some((part) => file.includes(part))
    : !SUITES_OF_THEIR_OWN.some((suite) => file.startsWith(join(ROOT, '__test__', suite)))
const files = testFiles(join(ROOT, '__test__')).filter(isWanted)
if (files.length === 0) throw new Error(`No test file matches ${only.join(' ')}`)
runTests(files)
