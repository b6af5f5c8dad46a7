/** `npx @chatbotkit/nextauth init` in applications as `create-next-app` makes them. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createSandbox } from '../../sandbox/index.js'
import { launchBrowser } from '../e2e/browser.mjs'
import { NewApplication } from './new-application.mjs'
import { printedCode, signInAndOut } from './sign-in.mjs'

/** Each kind once, with what `init` has to write there. */
const KINDS = [
  {
    auth: 'v4',
    args: ['--ts', '--app', '--src-dir'],
    words: 'App Router, TypeScript, next-auth v4',
    files: [
      'src/auth.ts',
      'src/app/api/auth/[...nextauth]/route.ts',
      'src/app/signin/page.tsx',
      'src/app/account/page.tsx',
    ],
  },
  {
    auth: 'v4',
    args: ['--js', '--no-app', '--src-dir', '--no-tailwind'],
    words: 'Pages Router, JavaScript, next-auth v4',
    files: [
      'src/auth.js',
      'src/pages/api/auth/[...nextauth].js',
      'src/pages/signin.js',
      'src/pages/account.js',
    ],
  },
  {
    auth: 'v4',
    args: ['--ts', '--no-app', '--no-tailwind'],
    words: 'Pages Router, TypeScript, next-auth v4',
    files: ['auth.ts', 'pages/api/auth/[...nextauth].ts', 'pages/signin.tsx', 'pages/account.tsx'],
  },
  {
    auth: 'v5',
    args: ['--js', '--app', '--no-tailwind'],
    words: 'App Router, JavaScript, next-auth v5',
    files: [
      'auth.js',
      'app/api/auth/[...nextauth]/route.js',
      'app/signin/page.js',
      'app/account/page.js',
    ],
  },
  {
    auth: 'v5',
    args: ['--ts', '--no-app', '--no-tailwind'],
    words: 'Pages Router, TypeScript, next-auth v5',
    files: [
      'auth.ts',
      'app/api/auth/[...nextauth]/route.ts',
      'pages/signin.tsx',
      'pages/account.tsx',
    ],
  },
]

const GRACE = 'grace@example.com'

const variable = (text, name) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]

describe('init', () => {
  let browser
  let sandbox
  before(async () => {
    browser = await launchBrowser()
    sandbox = createSandbox()
    await sandbox.listen()
  })
  after(() => Promise.all([browser?.close(), sandbox?.close()]))

  for (const { auth, args, words, files } of KINDS) {
    describe(`${words}, create-next-app ${args.join(' ')}`, () => {
      let application
      const read = (path) => readFileSync(join(application.folder, path), 'utf8')
      before(async () => {
        application = await NewApplication.make({ args, auth })
      })

      it('shows what it would write, and writes it when it may', async () => {
        const shown = await application.command('init', '--dry-run')
        assert.match(shown, new RegExp(`^Next.js, ${words}$`, 'm'))
        for (const path of files) {
          assert.ok(shown.includes(`\n  create ${path}\n`), shown)
          assert.ok(!existsSync(join(application.folder, path)), path)
        }
        await application.command('init', '--yes')
        for (const path of files)
          assert.ok(shown.includes(`\n--- ${path}\n${read(path).trimEnd()}\n`))
        assert.match(read('.gitignore'), /^auth\.db\*$/m)
        const config = ['next.config.ts', 'next.config.mjs'].find((path) =>
          existsSync(join(application.folder, path)),
        )
        assert.match(read(config), /^export default withChatBotKit\(.*nextConfig.*\);$/m)
      })

      it('makes a secret, and leaves everything alone that is there', async () => {
        const name = auth === 'v5' ? 'AUTH_SECRET' : 'NEXTAUTH_SECRET'
        const environment = read('.env.local')
        assert.match(variable(environment, name), /^[\w-]{43}$/)
        assert.match(await application.command('init', '--yes'), /keep {3}\.env\.local/)
        assert.equal(read('.env.local'), environment)
      })

      it('makes an application that is built without a warning', async () => {
        assert.doesNotMatch(await application.build(), /⚠|warn/i)
      })

      it('makes an application that people sign in to', async (t) => {
        const server = await application.serve('dev', (origin) => ({
          CHATBOTKIT_BASE_URL: sandbox.url,
          ...(auth === 'v4' && { NEXTAUTH_URL: origin }),
        }))
        t.after(() => server.stop())
        // What a browser says of answers that are no success, such as that of a wrong code.
        const person = await browser.person(t, server, { excused: [/status of 4\d\d/] })
        await signInAndOut(person, GRACE, () => printedCode(server, GRACE))
      })
    })
  }
})
