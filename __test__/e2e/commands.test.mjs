import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { EXAMPLES } from '../../scripts/examples.mjs'
import { ROOT } from '../../scripts/setup.mjs'
import { freePort } from '../../testing/ports.mjs'
import { startProcess } from '../../testing/processes.mjs'

/** The sign-in page of an example: its own, or Auth.js's. */
const SIGN_IN_PAGE = /Sign in/

/** The command that a README prints for this repository. */
function commandOf(example) {
  const text = readFileSync(join(ROOT, 'examples', example, 'README.md'), 'utf8')
  const [, command] = /^npm (run example .+)$/m.exec(text) ?? []
  assert.ok(command, `the README of ${example} prints its command`)
  return command.split(' ')
}

describe('the command in the README', () => {
  for (const example of EXAMPLES) {
    it(`starts examples/${example} with a sandbox`, async (t) => {
      const port = await freePort()
      const args = [...commandOf(example), '--', '--port', `${port}`]
      const server = await startProcess('npm', args, /Ready in|Listening on/, {
        cwd: ROOT,
        group: true,
        env: { CHATBOTKIT_API_SECRET: '', NEXT_TELEMETRY_DISABLED: '1' },
      })
      t.after(() => server.kill())

      const origin = `http://localhost:${port}`
      const answer = await fetch(`${origin}/`)

      assert.equal(answer.status, 200)
      const text = await answer.text()
      if (/\/signin$/.test(answer.url)) return assert.match(text, SIGN_IN_PAGE)
      // With cacheComponents the page has begun before it knows that nobody is signed in.
      assert.match(text, /http-equiv="refresh" content="\d+;url=\/signin"/)
      const page = await fetch(`${origin}/signin`)
      assert.match(await page.text(), SIGN_IN_PAGE)
    })
  }

  it('names the examples when it is given none of them', () => {
    const options = { cwd: ROOT, encoding: 'utf8' }
    const { status, stderr } = spawnSync(process.execPath, ['scripts/example.mjs', 'x'], options)
    assert.equal(status, 1)
    assert.match(stderr, new RegExp(`One of ${EXAMPLES.join(', ')}`))
  })
})
