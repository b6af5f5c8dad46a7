/**
 * `npm run test:js`: every JavaScript test that has no runner of its own, or those whose path has
 * one of the arguments in it: `npm run test:js -- redis stores`.
 */
import { join } from 'node:path'
import { runTests, testFiles } from './node-tests.mjs'
import { main, ROOT } from './setup.mjs'

const FOLDER = join(ROOT, '__test__')

/** Folders whose tests have a runner of their own; see `scripts` in package.json. */
const SUITES_OF_THEIR_OWN = ['docs', 'e2e', 'faults'].map((suite) => join(FOLDER, suite))

/** How many files at once. Most of them wait most of the time, for lifetimes to end. */
const CONCURRENCY = 2

await main(() => {
  const parts = process.argv.slice(2)
  const isWanted = (path) =>
    parts.length > 0
      ? parts.some((part) => path.includes(part))
      : !SUITES_OF_THEIR_OWN.some((suite) => path.startsWith(suite))
  runTests(testFiles(FOLDER, isWanted), { flags: [`--test-concurrency=${CONCURRENCY}`] })
})
