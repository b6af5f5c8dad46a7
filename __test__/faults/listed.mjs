/**
 * What docs/reliability.md promises.
 */
import { readFileSync } from 'node:fs'

const DOCUMENT = new URL('../../docs/reliability.md', import.meta.url)

/** A row of a table whose last cells are a test file and how many faults of it the row is about. */
const ROW = /^\|.*\| `([^`]+\.test\.mjs)` \| (\d+) \|$/gm

/** @returns {Map<string, number>} how many faults are listed for each test file */
export function listedFaults() {
  const listed = new Map()
  for (const [, file, count] of readFileSync(DOCUMENT, 'utf8').matchAll(ROW)) {
    listed.set(file, (listed.get(file) ?? 0) + Number(count))
  }
  return listed
}
