/** README.md's quick start: its files, copied into a new application, sign a person in. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createSandbox } from '../../sandbox/index.js'
import { ROOT } from '../../scripts/programs.mjs'
import { launchBrowser } from '../e2e/browser.mjs'
import { filesIn } from './markdown.mjs'
import { NewApplication } from './new-application.mjs'
import { printedCode, signInAndOut } from './sign-in.mjs'

const { template } = createRequire(import.meta.url)('../../bin/init/template.js')

/** The files of the quick start, and the templates of `init` that they are. */
const FILES = {
  'auth.ts': 'auth-v5',
  'app/api/auth/[...nextauth]/route.ts': 'route-v5',
  'app/signin/page.tsx': 'signin',
  'app/account/page.tsx': 'account-app-v5',
  '.env.local': 'env',
}

const GRACE = 'grace@example.com'

/** The variables of `.env.local` with a secret in it, as a person writes it. */
function filledIn(text) {
  assert.match(text, /^AUTH_SECRET=$/m)
  return text.replace('AUTH_SECRET=', 'AUTH_SECRET=typed-in-by-hand-0123456789abcdef')
}

describe('the quick start of README.md', () => {
  const files = filesIn('README.md')

  it('shows the files that init writes', () => {
    for (const [path, name] of Object.entries(FILES)) {
      assert.equal(files.get(path), template(name, true), path)
    }
  })

  it('has commands that are those of this package', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    for (const command of ['init', 'sandbox']) {
      assert.ok(readme.includes(`npx @chatbotkit/nextauth ${command}`), command)
    }
  })

  describe('in a new application', () => {
    let application
    let browser
    let sandbox
    before(async () => {
      application = await NewApplication.make()
      const named = Object.keys(FILES).map((path) => [path, files.get(path)])
      application.write(
        named.map(([path, text]) => [path, path === '.env.local' ? filledIn(text) : text]),
      )
      browser = await launchBrowser()
      sandbox = createSandbox()
      await sandbox.listen()
    })
    after(() => Promise.all([browser?.close(), sandbox?.close()]))

    it('signs a person in while they develop', async (t) => {
      const server = await application.serve('dev', () => ({ CHATBOTKIT_BASE_URL: sandbox.url }))
      t.after(() => server.stop())
      const person = await browser.person(t, server, { excused: [/status of 400|404/] })
      await signInAndOut(person, GRACE, () => printedCode(server, GRACE))
      assert.ok(sandbox.users.findByEmail(GRACE))
    })

    it('is built without a warning, and says in production what is missing', async (t) => {
      const output = await application.build()
      assert.doesNotMatch(output, /⚠|warn/i)
      const server = await application.serve('start', (origin) => ({
        AUTH_URL: origin,
        CHATBOTKIT_BASE_URL: sandbox.url,
      }))
      t.after(() => server.stop())
      const person = await browser.person(t, server, { excused: [/status of/] })
      await person.open('/signin')
      await person.page.getByLabel('E-mail address').fill(GRACE)
      await person.press('Send me a code')
      await person.page.getByText('No code could be sent').waitFor()
      assert.match(server.output(), /sendVerificationRequest/)
    })
  })
})
