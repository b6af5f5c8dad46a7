/** docs/errors.md says what the sign-in tests see of NextAuth. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { ROOT } from '../../scripts/programs.mjs'
import { errors as v5 } from '../signin/auth-core.mjs'
import { errors as v4 } from '../signin/nextauth-v4.mjs'

/** The rows of "What people see", in its order, by the names that the sign-in tests have for them. */
const ROWS = [
  ...['wrongCode', 'refusedPerson', 'refusedAtProvider', 'apiDown', 'notLinked', 'declined'],
]

it('docs/errors.md has the words by which NextAuth tells people', () => {
  const text = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
  const [, section] = /\n## What people see\n(.*?)\n## /s.exec(text)
  const rows = [...section.matchAll(/^\|[^|]+\| `(\w+)` \| `(\w+)` \|$/gm)]
  assert.deepEqual(
    rows.map(([, ...words]) => words),
    ROWS.map((name) => [v4[name], v5[name]]),
  )
})
