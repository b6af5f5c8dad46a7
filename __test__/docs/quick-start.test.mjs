/** README.md's quick start: its files, copied into a new application, sign a person in. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createSandbox } from '../../sandbox/index.js'
import { ROOT } from '../../scripts/programs.mjs'
import { listen } from '../../testing/listening.mjs'
import { until } from '../../testing/waiting.mjs'
import { launchBrowser } from '../e2e/browser.mjs'
import { filesIn, snippetsIn } from './markdown.mjs'
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

/** `auth.ts` as docs/mail.md changes it. */
function withSender(text) {
  const provider = 'ChatBotKitEmailProvider({ sendVerificationRequest: sendCode })'
  const [shown] = snippetsIn('docs/mail.md').filter(({ source }) => source.includes(provider))
  const line = "import { sendCode } from './send-code'\n"
  assert.ok(shown.source.includes(line))
  assert.ok(text.includes('ChatBotKitEmailProvider()'))
  return line + text.replace('ChatBotKitEmailProvider()', provider)
}

/** In the place of the mail service. */
async function startService() {
  const messages = []
  const server = createServer(async (request, response) => {
    messages.push(JSON.parse(Buffer.concat(await request.toArray()).toString()))
    response.end('{}')
  })
  const { port, close } = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    close,
    async codeFor(email) {
      const find = () => messages.find(({ to }) => to.includes(email))
      await until(`a message to ${email}`, find)
      return /^\w+/.exec(find().text)[0]
    },
  }
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
      const person = await browser.person(t, server, { excused: [/status of 4\d\d/] })
      await signInAndOut(person, GRACE, () => printedCode(server, GRACE))
      assert.ok(sandbox.users.findByEmail(GRACE))
    })

    it('signs a person in with what is built, by mail', async (t) => {
      const service = await startService()
      t.after(service.close)
      const sender = snippetsIn('docs/mail.md').find(({ source }) => source.includes('resend.com'))
      application.write([
        ['send-code.ts', sender.source.replace('https://api.resend.com', service.url)],
        ['auth.ts', withSender(files.get('auth.ts'))],
      ])
      assert.doesNotMatch(await application.build(), /⚠|warn/i)
      const server = await application.serve('start', (origin) => ({
        AUTH_URL: origin,
        CHATBOTKIT_BASE_URL: sandbox.url,
      }))
      t.after(() => server.stop())
      const person = await browser.person(t, server, { excused: [/status of 4\d\d/] })
      await signInAndOut(person, GRACE, () => service.codeFor(GRACE))
      assert.doesNotMatch(server.output(), /sign-in code for/)
    })
  })
})
