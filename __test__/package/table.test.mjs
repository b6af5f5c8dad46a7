import assert from 'node:assert/strict'
import { test } from 'node:test'

/** A table with one row for each check, without its output. Its rows are the module's own. */
async function tableOf(t, checks) {
  const table = await import(`./table.mjs?${encodeURIComponent(t.name)}`)
  t.mock.method(console, 'log', () => {})
  const rows = []
  for (const check of checks) rows.push(await table.record('subject', 'ran', () => check(table)))
  return { results: rows.map(({ result }) => result), good: table.closeTable() }
}

const passes = () => {}
const fails = () => Promise.reject(new Error('no'))
const isNotRun = (reason) => (table) => {
  throw new table.NotRun(reason)
}

test('a table is good when everything passed or says why it was not run', async (t) => {
  const { results, good } = await tableOf(t, [passes, () => 'a note', isNotRun('no such machine')])
  assert.deepEqual(results, ['passed', 'passed: a note', 'not run: no such machine'])
  assert.equal(good, true)
})

test('a table is bad when something failed', async (t) => {
  const { results, good } = await tableOf(t, [passes, fails])
  assert.deepEqual({ results, good }, { results: ['passed', 'failed'], good: false })
})

test('a table is bad when something was not run for no reason', async (t) => {
  assert.equal((await tableOf(t, [passes, isNotRun('')])).good, false)
})

test('a table is bad when nothing passed', async (t) => {
  assert.equal((await tableOf(t, [isNotRun('no such machine')])).good, false)
})
