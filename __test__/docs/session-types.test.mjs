/** The types of sessions that docs/nextjs.md shows are those that `init` writes and the type tests check. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { it } from 'node:test'
import { ROOT } from '../../scripts/programs.mjs'
import { snippetsIn } from './markdown.mjs'

const { template } = createRequire(import.meta.url)('../../bin/init/template.js')

it('docs/nextjs.md, init and the type tests have the same types of sessions', () => {
  const { source } = snippetsIn('docs/nextjs.md').find((it) =>
    it.source.includes('interface Session'),
  )
  const checked = readFileSync(join(ROOT, '__test__/types/frameworks/session-types.mts'), 'utf8')
  for (const text of [template('auth-v4', true), template('auth-v5', true), checked]) {
    assert.ok(text.includes(source), text)
  }
})
