/**
 * What became of each test, read from the events of Node's test runner. Groups are not counted: a
 * test has its own name and those of the groups around it.
 */
import { relative } from 'node:path'

/**
 * @typedef {object} Outcome
 * @property {string} file relative to `folder`
 * @property {string} name
 * @property {'passed' | 'FAILED' | 'SKIPPED'} what
 * @property {number} took milliseconds
 * @property {string} [why] of one that failed
 */

/** The runner's own sums, which it prints as diagnostics. */
const SUM = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /

/**
 * @param {AsyncIterable<{ type: string, data: any }>} events
 * @param {string} folder
 * @param {(outcome: Outcome) => void} onOutcome
 * @returns {Promise<{ outcomes: Outcome[], measured: string[] }>}
 */
export async function readOutcomes(events, folder, onOutcome) {
  const [outcomes, measured, groups] = [[], [], new Map()]
  for await (const { type, data } of events) {
    if (type === 'test:diagnostic' && data.file && !SUM.test(data.message)) {
      measured.push(`${relative(folder, data.file)}: ${data.message}`)
    }
    if (type === 'test:start') {
      const names = groups.get(data.file) ?? []
      names[data.nesting] = data.name
      groups.set(data.file, names)
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const names = groups.get(data.file).slice(0, data.nesting + 1)
    const outcome = outcomeOf(type === 'test:pass', data, names.join(' '), folder)
    if (!outcome) continue
    outcomes.push(outcome)
    onOutcome(outcome)
  }
  return { outcomes, measured }
}

function outcomeOf(passed, { file, name, details, skip, todo }, fullName, folder) {
  const isFile = name === file
  // A group fails because of its tests, unless a hook did; a file likewise, unless it ended early.
  const { failureType } = details.error ?? {}
  if ((isFile || details.type === 'suite') && (passed || failureType === 'subtestsFailed')) return
  const isSkipped = skip !== undefined || todo !== undefined
  return {
    file: relative(folder, file),
    name: isFile ? 'the whole file' : fullName,
    what: isSkipped ? 'SKIPPED' : passed ? 'passed' : 'FAILED',
    took: Math.round(details.duration_ms),
    why: passed ? undefined : String(details.error?.cause?.message ?? details.error?.message),
  }
}
