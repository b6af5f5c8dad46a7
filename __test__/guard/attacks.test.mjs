import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { CONTACTS, SUB_ACCOUNTS } from '../../testing/directories.mjs'
import * as authCore from '../signin/auth-core.mjs'
import * as nextAuthV4 from '../signin/nextauth-v4.mjs'
import { ATTACKS } from './attacks.mjs'

const SECURITY = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')

test('docs/security.md has what `npm run attacks` prints', () => {
  for (const { name, outcomes } of ATTACKS) {
    assert.ok(SECURITY.includes(`| ${[name, ...outcomes].join(' | ')} |`), name)
  }
})

for (const framework of [nextAuthV4, authCore]) {
  for (const directory of [SUB_ACCOUNTS, CONTACTS]) {
    describe(`a stranger, ${framework.name}, ${directory.name}`, () => {
      for (const { name, outcomes, run } of ATTACKS) {
        test(name, async (t) => {
          // Next.js prints what next-auth v4 lets through.
          t.mock.method(console, 'error', () => {})
          const users = { ...framework, directory }
          assert.deepEqual([await run(t, users, false), await run(t, users, true)], outcomes)
        })
      }
    })
  }
}
