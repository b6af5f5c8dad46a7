/**
 * `npm run test:docs`: what README.md and docs/ tell people to do, done as they say. Installs what is
 * missing first.
 *
 *     npm run test:docs             everything
 *     npm run test:docs readme      the files whose path has that part
 */
import { join } from 'node:path'
import { runTests, testFiles } from './node-tests.mjs'
import { main, prepare, ROOT } from './setup.mjs'

await main(() => {
  const parts = process.argv.slice(2)
  const isWanted = (path) => parts.length === 0 || parts.some((part) => path.includes(part))
  const files = testFiles(join(ROOT, '__test__', 'docs'), isWanted)
  prepare()
  // One file after another: each has builds, servers and a browser of its own.
  runTests(files, { flags: ['--test-concurrency=1'] })
})
