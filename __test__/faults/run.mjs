/**
 * Injects every fault and prints what became of it. Fails when one was not survived, or skipped, or
 * when there are fewer than docs/reliability.md lists.
 *
 *     node __test__/faults/run.mjs [part of a file's name]…
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listedFaults } from './listed.mjs'
import { readOutcomes } from './outcomes.mjs'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** How many files at once. Most of them wait most of the time. */
const CONCURRENCY = 3

/** It waits for a minute, so it begins first. */
const LONGEST = 'api/deadline.test.mjs'

const parts = process.argv.slice(2)
const isWanted = (file) => parts.length === 0 || parts.some((part) => file.includes(part))

function testFiles() {
  const files = readdirSync(FOLDER, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.mjs') && isWanted(file))
  const order = (file) => `${file === LONGEST ? 0 : 1} ${file}`
  return files.sort((one, other) => (order(one) < order(other) ? -1 : 1))
}

function print({ file, name, what, why }) {
  const became = what === 'passed' ? 'survived' : what
  console.log(`${became.padEnd(9)} ${file}: ${name}`)
  if (why) console.log(why.replaceAll(/^/gm, '            '))
}

/** Test files of which fewer faults were injected than are listed. */
function missing(outcomes, isWanted) {
  return [...listedFaults()]
    .filter(([file]) => isWanted(file))
    .flatMap(([file, listed]) => {
      const injected = outcomes.filter((outcome) => outcome.file === file).length
      return injected < listed ? [`${file}: ${injected} of ${listed} listed faults`] : []
    })
}

const files = testFiles()
const events = run({ files: files.map((file) => join(FOLDER, file)), concurrency: CONCURRENCY })
const { outcomes, measured } = await readOutcomes(events, FOLDER, print)

const count = (wanted) => outcomes.filter(({ what }) => what === wanted).length
const short = missing(outcomes, isWanted)
console.log()
for (const line of measured) console.log(`measured: ${line}`)
for (const outcome of outcomes.filter(({ what }) => what !== 'passed')) print(outcome)
for (const line of short) console.log(`MISSING   ${line}`)
console.log(
  `${outcomes.length} faults injected, ${count('passed')} survived, ${count('SKIPPED')} skipped`,
)
const isFine = short.length === 0 && outcomes.length > 0 && outcomes.length === count('passed')
process.exitCode = isFine ? 0 : 1
