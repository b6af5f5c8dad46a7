import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createSandbox } from '../../sandbox/index.js'
import { freePort } from '../../testing/ports.mjs'
import { startProcess } from '../../testing/processes.mjs'
import { until } from '../../testing/waiting.mjs'
import { copyExample, newSecret } from './application.mjs'
import { launchBrowser } from './browser.mjs'
import { newAddress } from './world.mjs'

describe('examples/express', () => {
  let browser
  let sandbox
  let server
  let startServer
  let origin
  const printed = []

  before(async () => {
    browser = await launchBrowser()
    sandbox = createSandbox()
    const { url } = await sandbox.listen()
    const port = await freePort()
    origin = `http://localhost:${port}`
    const options = {
      cwd: copyExample('express'),
      onOutput: (text) => printed.push(`${text}`),
      env: {
        ...{ PORT: `${port}`, NODE_ENV: 'development', REDIS_URL: '', AUTH_URL: '' },
        ...{ CHATBOTKIT_API_SECRET: sandbox.secret, CHATBOTKIT_BASE_URL: url },
        AUTH_SECRET: newSecret(),
      },
    }
    startServer = async () => {
      server = await startProcess(process.execPath, ['server.mjs'], /Listening on/, options)
    }
    await startServer()
  })

  after(async () => {
    await browser?.close()
    await server?.kill()
    await sandbox?.close()
  })

  async function askForCode(page, email) {
    await page.goto(`${origin}/auth/signin`)
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button', { name: 'Sign in with Email' }).click()
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor()
    const code = new RegExp(`code for "${email}" is (\\w+)`)
    return (await until('a code', () => code.exec(printed.join(''))))[1]
  }

  async function enterCode(page, email, code) {
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Code').fill(code)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  it('signs a person in without Next.js, refuses a wrong code, and signs them out', async (t) => {
    const email = newAddress()
    const { page } = await browser.person(t, { origin })
    const code = await askForCode(page, email)

    await enterCode(page, email, `0${code.slice(0, 5)}`)
    await page.getByRole('alert').waitFor()
    await enterCode(page, email, ` ${code.toUpperCase()} `)

    await page.getByRole('heading', { name: `Hello, ${email}` }).waitFor()
    assert.equal(await page.locator('main code').textContent(), sandbox.users.findByEmail(email).id)
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Email').waitFor()
  })

  it('keeps people signed in over a restart, without a server for its store', async (t) => {
    const email = newAddress()
    const { page } = await browser.person(t, { origin })
    await enterCode(page, email, await askForCode(page, email))
    const greeting = page.getByRole('heading', { name: `Hello, ${email}` })
    await greeting.waitFor()
    await server.kill()
    await startServer()
    await page.goto(origin)
    await greeting.waitFor()
  })

  it('sends no second code at once, and says so on the sign-in page', async (t) => {
    const email = newAddress()
    const { page } = await browser.person(t, { origin })
    const code = await askForCode(page, email)
    const mails = printed.join('').split(email).length

    await page.goto(`${origin}/auth/signin`)
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button', { name: 'Sign in with Email' }).click()
    await page.waitForURL(/\/auth\/signin\?error=RateLimited&retryAfter=\d+$/)
    await page.getByLabel('Email').waitFor()

    assert.equal(printed.join('').split(email).length, mails)
    await page.goto(`${origin}/code`)
    await enterCode(page, email, code)
    await page.getByRole('heading', { name: `Hello, ${email}` }).waitFor()
  })
})
