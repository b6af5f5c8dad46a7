/**
 * `npm run test:e2e`: the example applications in a real browser. Installs what is missing first.
 *
 *     npm run test:e2e                  everything
 *     npm run test:e2e authjs           the files whose path has that part
 *     npm run test:e2e -- --pictures    and makes new pictures for the examples' READMEs
 */
import { join } from 'node:path'
import { EXAMPLES, installExample } from './examples.mjs'
import { runTests, testFiles } from './node-tests.mjs'
import { main, prepare, ROOT } from './setup.mjs'

await main(() => {
  const parts = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
  const isWanted = (path) => parts.length === 0 || parts.some((part) => path.includes(part))
  const files = testFiles(join(ROOT, '__test__', 'e2e'), isWanted)
  prepare()
  EXAMPLES.forEach(installExample)
  // One file after another: each has builds, servers and a browser of its own.
  runTests(files, {
    flags: ['--test-concurrency=1'],
    env: { ...process.env, README_PICTURES: process.argv.includes('--pictures') ? '1' : '0' },
  })
})
