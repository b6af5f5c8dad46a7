/** The results, and the table that closes the output. */

/** What could not be tried here. The reason is part of the result. */
export class NotRun extends Error {}

const rows = []

/**
 * Runs a check and notes its result: passed, with what it returns as a note; not run, where it
 * throws NotRun; failed, where it throws anything else.
 *
 * @template T
 * @param {string} subject the platform package or the runtime
 * @param {string} ran what was run
 * @param {() => T | Promise<T>} check
 */
export async function record(subject, ran, check) {
  const started = performance.now()
  const row = { subject, ran, result: 'failed' }
  try {
    const note = await check()
    row.result = typeof note === 'string' ? `passed: ${note}` : 'passed'
  } catch (error) {
    row.result = error instanceof NotRun ? `not run: ${error.message}` : 'failed'
    row.error = error instanceof NotRun ? undefined : error
  }
  rows.push(row)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${subject}: ${ran}: ${row.result} (${seconds} s)`)
  if (row.error) console.log(String(row.error.stack ?? row.error).replace(/^/gm, '    '))
  return row
}

/** Prints the table and the counts. Only what passed, or says why it was not run, is good. */
export function closeTable() {
  const columns = ['subject', 'ran', 'result']
  const header = { subject: 'package or runtime', ran: 'what was run', result: 'result' }
  const widths = columns.map((it) => Math.max(...[header, ...rows].map((row) => row[it].length)))
  const line = (row) =>
    `| ${columns.map((it, index) => row[it].padEnd(widths[index])).join(' | ')} |`
  console.log(`\n${line(header)}\n|${widths.map((it) => '-'.repeat(it + 2)).join('|')}|`)
  for (const row of rows) console.log(line(row))

  const count = (pattern) => rows.filter(({ result }) => pattern.test(result)).length
  const passed = count(/^passed(: .+)?$/)
  const notRun = count(/^not run: .+$/)
  const failed = rows.length - passed - notRun
  console.log(`\n${passed} passed, ${failed} failed, ${notRun} not run`)
  return failed === 0 && passed > 0
}
