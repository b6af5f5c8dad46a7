/**
 * `npm run odds`: what guessing a sign-in code comes to, for docs/security.md. Reads the limits
 * from the source, so the figures are those of this version.
 */
import { readFileSync } from 'node:fs'

const source = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

function constant(file, pattern) {
  const value = pattern.exec(source(file))?.[1]
  if (value === undefined) throw new Error(`${file} has no ${pattern}`)
  return Number(value.replaceAll('_', ''))
}

const attempts = constant('src/adapter/mod.rs', /code_attempts: ([\d_]+),/)
const lockAfter = constant('src/adapter/mod.rs', /lock_after: ([\d_]+),/)
const lockHours =
  constant('src/adapter/mod.rs', /lock_for: Duration::from_millis\(([\d_]+)\)/) / 3_600_000
const outstanding = constant('src/adapter/code_record.rs', /OUTSTANDING_CODES: usize = ([\d_]+);/)

const CODES = [
  ['6 hexadecimal digits (default)', 16, 6],
  ['7 decimal digits', 10, 7],
  ['8 decimal digits', 10, 8],
  ['8 hexadecimal digits', 16, 8],
  ['8 characters of A–Z and 2–9 without I, O', 32, 8],
]

const memoryHours = constant(
  'src/adapter/code_record.rs',
  /FAILURE_MEMORY: i64 = ([\d_]+) \* 60 \* 60 \* 1_000;/,
)

const YEAR_HOURS = 365 * 24
// Two ways to go on: one guess after each lock, or a pause in which failures are forgotten, and a
// burst again.
const steadily = lockAfter + Math.floor(YEAR_HOURS / lockHours) - 1
const inBursts = lockAfter * Math.floor(YEAR_HOURS / memoryHours)
const perYear = Math.max(steadily, inBursts)

const oneIn = (probability) => `1 in ${Math.round(1 / probability).toLocaleString('en')}`

console.log(`Wrong codes until the outstanding ones are void: ${attempts}`)
console.log(`Wrong codes until an address is refused: ${lockAfter}, then one each ${lockHours} h`)
console.log(`Codes that can be outstanding at once: ${outstanding}`)
console.log(
  `Guesses in the first burst: ${lockAfter}; in a year, whichever way is better: ${perYear}\n`,
)
console.log(
  '| code | bits | first burst | first burst, all codes outstanding | a year | a year, all codes outstanding |',
)
console.log('| --- | --- | --- | --- | --- | --- |')
for (const [name, letters, length] of CODES) {
  const space = letters ** length
  const bits = (length * Math.log2(letters)).toFixed(1)
  const burst = lockAfter / space
  const cells = [
    name,
    bits,
    oneIn(burst),
    oneIn(burst * outstanding),
    oneIn(perYear / space),
    oneIn((perYear * outstanding) / space),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
