/**
 * The package inside applications with Next.js: each bundler, each way to start one, with the layouts of
 * npm and pnpm, with and without withChatBotKit in next.config. docs/nextjs.md says which needs what.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createSandbox } from '../../sandbox/index.js'
import { Browser } from '../../testing/browser.mjs'
import { findChromium } from '../../testing/chromium.mjs'
import { build, copyStandalone, newSecret, serve } from '../e2e/application.mjs'
import { startMailbox } from '../e2e/mailbox.mjs'
import { install } from './applications.mjs'
import { signInBundled } from './bundles.mjs'
import { NotRun, record } from './table.mjs'

const SOURCE = fileURLToPath(new URL('nextjs', import.meta.url))

const BUNDLERS = ['turbopack', 'webpack']

/** How long a page may take whose code is compiled first, on a busy machine, in milliseconds. */
const COMPILING = 90_000

/** Whether the copy that `output: 'standalone'` makes has all of the package, when that was bundled. */
const tracesBundled = ({ manager, bundler }) => manager === 'npm' && bundler === 'turbopack'

/** The package managers whose layouts differ, by how their names begin. */
const MANAGERS = ['npm install', 'pnpm']

/**
 * @param {import('./installers.mjs').Installer[]} installers
 * @param {{ folder: string, registry: object, defaultRegistry: string }} place
 */
export async function checkNextjs(installers, { folder, registry, defaultRegistry }) {
  const sandbox = createSandbox()
  const mailbox = await startMailbox()
  const { url } = await sandbox.listen()
  const env = {
    CHATBOTKIT_API_SECRET: sandbox.secret,
    CHATBOTKIT_BASE_URL: url,
    MAIL_URL: mailbox.url,
    AUTH_SECRET: newSecret(),
  }
  try {
    const installed = []
    for (const name of MANAGERS) {
      const installer = installers.find((it) => it.name.startsWith(name))
      const [manager] = name.split(' ')
      const application = join(folder, `nextjs-${manager}`)
      const { result } = await record('Next.js', `${installer.name} of the application`, () =>
        install(SOURCE, installer, application, registry, defaultRegistry),
      )
      if (!result.startsWith('passed')) return
      const project = join(application, 'project')
      installed.push({ manager, folder: project })
      for (const format of ['cjs', 'esm']) {
        await record(`esbuild, ${manager}`, `a bundle (${format}), sign-in`, () =>
          signInBundled(project, format, { url, secret: sandbox.secret }),
        )
      }
    }
    // Two at a time, one in each application: a folder has one build.
    await Promise.all(installed.map((application) => checkApplication(application, env, mailbox)))
  } finally {
    await Promise.all([sandbox.close(), mailbox.close()])
  }
}

async function checkApplication({ manager, folder }, env, mailbox) {
  for (const bundler of BUNDLERS) {
    for (const line of [false, true]) {
      const name = ['Next.js', bundler, manager, line ? 'withChatBotKit' : 'no configuration']
      const check = (ran, doIt) => record(name.join(', '), ran, doIt)
      const variant = { manager, bundler, line }
      const settings = { ...env, WITH_CHATBOTKIT: line ? '1' : '' }
      const server = (options, use) => withServer({ env: settings, ...options }, use)

      await check('next build, next start, sign-in', async () => {
        const made = { ...settings, STANDALONE: '1' }
        const output = await build(folder, { args: [`--${bundler}`], env: made })
        assert.doesNotMatch(output, /warn[^\n]*chatbotkit|chatbotkit[^\n]*warn/i)
        await server({ folder, mode: 'start' }, async ({ origin }) => {
          await signIn(origin, mailbox)
          if (!line) await checkChromium(origin, variant)
        })
      })
      await check('standalone, sign-in', () =>
        withoutOriginal(folder, (copy) =>
          server({ folder: copy, mode: 'standalone' }, async ({ origin, output }) => {
            if (line || tracesBundled(variant)) await signIn(origin, mailbox)
            else return saysWhatIsMissing(origin, output)
          }),
        ),
      )
      await check('next dev, sign-in', () =>
        server({ folder, mode: 'dev', args: [`--${bundler}`] }, ({ origin }) =>
          signIn(origin, mailbox),
        ),
      )
    }
  }
}

async function withServer(options, use) {
  const server = await serve(options)
  try {
    return await use(server)
  } catch (error) {
    throw new Error(server.output(), { cause: error })
  } finally {
    await server.stop()
  }
}

/** Nothing may come from where it was built. */
async function withoutOriginal(folder, use) {
  const copy = copyStandalone(folder)
  renameSync(folder, `${folder}-away`)
  try {
    return await use(copy)
  } finally {
    renameSync(`${folder}-away`, folder)
  }
}

let people = 0

/** A sign-in by plain requests, which middleware, a route handler and a page have a part in. */
async function signIn(origin, mailbox) {
  people += 1
  const email = `grace-${people}@example.com`
  const browser = new Browser(origin, { timeout: COMPILING })
  const turnedAway = await browser.open('/dashboard')
  assert.equal(turnedAway.url.pathname, '/signin')
  assert.match(turnedAway.text, /href="\/dashboard"/, 'what the page reads from the configuration')

  const { csrfToken } = await browser.json('/api/auth/csrf')
  const body = new URLSearchParams({ csrfToken, email })
  await browser.open('/api/auth/signin/email', { method: 'POST', body })
  const token = await mailbox.codeFor(email)
  const callback = new URLSearchParams({ email, token, callbackUrl: `${origin}/dashboard` })
  const dashboard = await browser.open(`/api/auth/callback/email?${callback}`)
  assert.equal(dashboard.url.pathname, '/dashboard')
  assert.ok(dashboard.text.includes(`Signed in: ${email}`), dashboard.text)

  const refused = await browser.json('/edge')
  assert.equal(refused.code, 'ERR_RUNTIME', refused.message)
}

/** What is missing from a standalone copy is said in the log, with what to do. */
async function saysWhatIsMissing(origin, output) {
  const { status } = await fetch(`${origin}/api/auth/csrf`)
  assert.equal(status, 500)
  assert.match(output(), /ERR_BINARY_MISSING/)
  assert.match(output(), /output: 'standalone'.*withChatBotKit/)
  return 'it has no binary, and says to use withChatBotKit'
}

/** The page of the middle of `signIn` after React has taken it over. */
async function checkChromium(origin, { bundler, manager }) {
  if (manager !== 'npm') return
  await record(
    `Next.js, ${bundler}`,
    'a page that imports the configuration, in Chromium',
    async () => {
      const program = findChromium()
      if (!program) throw new NotRun('no Chromium on the PATH')
      const args = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=10000']
      const page = await promisify(execFile)(program, [...args, '--dump-dom', `${origin}/signin`])
      assert.match(page.stdout, /<a href="\/dashboard">Dashboard<\/a> ERR_RUNTIME/)
    },
  )
}
