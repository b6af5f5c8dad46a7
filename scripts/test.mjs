/**
 * `npm test`: installs and builds what is missing, then runs every check and every test. The first
 * failure ends it. Node's own test runner comes last, so its counts close the output.
 *
 *     npm test -- "Rust tests" types    only the steps with one of these in their name
 */
import { run } from './programs.mjs'
import { CommandError, main, prepare } from './setup.mjs'

const STEPS = [
  ['Rust formatting', 'cargo fmt --all --check'],
  ['Rust lints', 'cargo clippy --workspace --all-targets -- -D warnings'],
  ['JavaScript formatting and lints', 'npm run --silent lint'],
  ['Licences and sources', 'node scripts/licenses.mjs'],
  ['Types', 'npm run --silent test:types'],
  ['Rust tests', 'cargo test --workspace'],
  ['Faults', 'npm run --silent test:faults'],
  ['Package', 'npm run --silent test:package'],
  ['Example applications in a browser', 'npm run --silent test:e2e'],
  ['Documentation', 'npm run --silent test:docs'],
  ['JavaScript tests', 'npm run --silent test:js'],
]

/** The steps that the command line asks for; all when it asks for none. */
function chosen(names) {
  const asks = (title) => names.some((it) => title.toLowerCase().includes(it.toLowerCase()))
  const steps = STEPS.filter(([title]) => names.length === 0 || asks(title))
  if (steps.length > 0) return steps
  throw new CommandError(`No step is named so. There are: ${STEPS.map(([it]) => it).join(', ')}`)
}

await main(() => {
  const steps = chosen(process.argv.slice(2))
  prepare()
  for (const [title, line] of steps) {
    console.log(`\n> ${title} (${line})`)
    const [command, ...args] = line.split(' ')
    try {
      run(command, args)
    } catch (error) {
      throw new CommandError(`${title}: ${error.message}`)
    }
  }
})
