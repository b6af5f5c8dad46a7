import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startSandbox } from '../../testing/adapter.mjs'
import { figuresOf, measureStores, ofClient, PEOPLE } from '../../testing/store-costs.mjs'
import { clientOf } from '../clients/libraries.mjs'

/** Commands are counted; how much memory is taken depends on the allocator and the version. */
const TOLERANCE = 0.2

/** The cells of the table, by the store. */
function documented() {
  const text = readFileSync(new URL('../../docs/stores.md', import.meta.url), 'utf8')
  const [table] = /^\| you run \|[\s\S]*?\n\n/m.exec(text)
  const rows = table.split('\n').map((row) => row.split('|').map((cell) => cell.trim()))
  const of = ([, , take, , , commands, bytes]) => [/`(\w+)`/.exec(take)?.[1], { commands, bytes }]
  return Object.fromEntries(rows.filter((row) => row.length > 7).map(of))
}

test('docs/stores.md says what each store costs', async (t) => {
  const sandbox = await startSandbox(t, { users: PEOPLE })
  const clients = { ioredis: ofClient((url) => clientOf('ioredis', { url })) }
  const table = documented()
  for (const [store, costs] of Object.entries(await measureStores(sandbox, clients))) {
    const { commands, bytes } = figuresOf(costs)
    t.diagnostic(`${store}: ${commands} commands, ${bytes} bytes`)
    assert.equal(table[store].commands, commands, store)
    const said = table[store].bytes.split(' · ').map(Number)
    for (const [index, count] of costs.bytes.entries()) {
      const difference = Math.abs(said[index] - count) / count
      assert.ok(difference <= TOLERANCE, `${store}: ${count} bytes, and not ${said[index]}`)
    }
  }
})
