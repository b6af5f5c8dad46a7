/**
 * A reporter for Node's test runner that says nothing but what failed, and why. Its output comes
 * after everything else: a log of two thousand tests is often seen by its end alone.
 */
import { readOutcomes } from './outcomes.mjs'
import { ROOT } from './setup.mjs'

export default async function* failedTests(events) {
  const { outcomes } = await readOutcomes(events, ROOT, () => {})
  for (const { file, name, what, why } of outcomes) {
    if (what === 'FAILED') yield `failed: ${file}: ${name}\n${why.replaceAll(/^(?=.)/gm, '    ')}\n`
  }
}
