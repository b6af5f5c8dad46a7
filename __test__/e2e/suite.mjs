/** The same people, doing the same, in each of the Next.js examples of a kind. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ROOT } from '../../scripts/setup.mjs'
import { freePort } from '../../testing/ports.mjs'
import { startReverseProxy } from '../../testing/reverse-proxy.mjs'
import { accessibility } from './accessibility.mjs'
import { build, copyExample, copyStandalone } from './application.mjs'
import { launchBrowser } from './browser.mjs'
import { codeFlows } from './code-flows.mjs'
import { contactFlows } from './contact-flows.mjs'
import { deviceFlows } from './device-flows.mjs'
import { guardFlows } from './guard-flows.mjs'
import { oauthFlows } from './oauth-flows.mjs'
import { redisFlows } from './redis-flows.mjs'
import { sessionFlows } from './session-flows.mjs'
import { ADA, newAddress, startWorld } from './world.mjs'

const PICTURES = join(ROOT, 'target', 'e2e-screenshots')

/** Examples whose people are sub-accounts. */
const SUB_ACCOUNTS = {
  flows: [codeFlows, sessionFlows, oauthFlows, redisFlows, guardFlows],
  shown: ['sign-in', 'dashboard'],
  async further(person, check) {
    await person.open('/account/delete')
    await person.sees('Delete my account')
    await check('delete')
  },
}

/** Examples whose sessions are in the store, and have a page. */
export const WITH_DEVICES = {
  ...SUB_ACCOUNTS,
  flows: [...SUB_ACCOUNTS.flows, deviceFlows],
  async further(person, check) {
    await person.open('/account/sessions')
    await person.sees('Where I am signed in')
    await check('sessions')
    await SUB_ACCOUNTS.further(person, check)
  },
}

/** Examples whose people are contacts, who have a chat. */
export const CONTACTS = {
  flows: [contactFlows],
  shown: ['sign-in', 'chat'],
  async further(person, check) {
    await person.says('Good morning')
    await person.hears(`Hello ${ADA.name}. You said: Good morning`)
    await check('chat')
  },
}

/** Where the pictures of an example's README are, when they are to be made. */
function readmeFolder(example) {
  return process.env.README_PICTURES === '1' && join(ROOT, 'examples', example, 'screenshots')
}

/** What `next build` says of machines without a cache is of the machine. */
function assertNoWarning(output) {
  assert.doesNotMatch(output.replace(/^.*No build cache found.*$/m, ''), /⚠|\bwarn/i)
}

/** Everything, against `next build && next start`. */
export function describeProduction(example, kind = SUB_ACCOUNTS) {
  describe(`examples/${example}, next build and next start`, () => {
    let folder
    const setting = aWorld(async () => {
      folder = copyExample(example)
      // With no secret and no setting at all.
      assertNoWarning(await build(folder))
      return { folder, mode: 'start' }
    })

    for (const flow of kind.flows) flow(setting)
    const pictures = join(PICTURES, example)
    accessibility(setting, { ...kind, pictures, readme: readmeFolder(example) })

    it('hands nothing of the package to browsers', () => {
      const folderOfAssets = join(folder, '.next', 'static')
      const files = readdirSync(folderOfAssets, { recursive: true })
      const scripts = files.filter((file) => file.endsWith('.js'))
      assert.ok(scripts.length > 0)
      assert.ok(!files.some((file) => file.endsWith('.node')))
      for (const script of scripts) {
        assert.doesNotMatch(readFileSync(join(folderOfAssets, script), 'utf8'), /ChatBotKitError/)
      }
    })
  })
}

/** Everything, against `next dev`. */
export function describeDevelopment(example, kind = SUB_ACCOUNTS) {
  describe(`examples/${example}, next dev`, () => {
    const setting = aWorld(async () => ({ folder: copyExample(example), mode: 'dev' }))

    for (const flow of kind.flows) flow(setting)
    const pictures = join(PICTURES, `${example}-development`)
    accessibility(setting, { ...kind, pictures, readme: false })
  })
}

/** One sign-in, with what `output: 'standalone'` makes: the copied folder alone. */
export function describeStandalone(example, bundler, flows = []) {
  describe(`examples/${example}, standalone, built by ${bundler}`, () => {
    const setting = aWorld(async () => {
      const folder = copyExample(example)
      await build(folder, { args: [`--${bundler}`], env: { STANDALONE: '1' } })
      const copy = copyStandalone(folder)
      // Nothing may come from where it was built.
      rmSync(folder, { recursive: true })
      assert.ok(!existsSync(folder))
      return { folder: copy, mode: 'standalone' }
    })

    it('signs a person in, and brings them back to the same sub-account', async (t) => {
      const email = newAddress()
      const person = await setting().browser.person(t, setting().world)
      const id = await person.signIn(email)
      await person.signOut()
      assert.equal(await person.signIn(email), id)
    })

    for (const flow of [behindAProxy, ...flows]) flow(setting)
  })
}

/** Behind a proxy, by an address that the server itself does not have: docs/nextjs.md. */
function behindAProxy(setting) {
  it('signs a person in behind a proxy, where AUTH_URL has the address that they see', async (t) => {
    const { browser, world } = setting()
    const port = await freePort()
    const proxy = await startReverseProxy(`http://127.0.0.1:${port}`)
    t.after(() => proxy.close())
    const own = { AUTH_URL: proxy.origin, NEXTAUTH_URL: proxy.origin, HOSTNAME: '0.0.0.0' }
    const server = await world.startServer({ port, ...own })
    t.after(() => server.stop())
    const person = await browser.person(t, { ...world, origin: proxy.origin })
    const id = await person.signIn(newAddress())
    assert.equal(new URL(person.page.url()).origin, proxy.origin)
    await person.signOut()
    assert.ok(world.sandbox.users.get(id))
  })
}

/** What docs/nextjs.md says of next-auth v5 without `AUTH_URL`. */
export function trustingTheHost(setting) {
  it('sends people astray behind a proxy with AUTH_TRUST_HOST alone', async (t) => {
    const { world } = setting()
    const port = await freePort()
    const proxy = await startReverseProxy(`http://127.0.0.1:${port}`)
    t.after(() => proxy.close())
    const unset = { AUTH_URL: undefined, NEXTAUTH_URL: undefined }
    const own = { ...unset, AUTH_TRUST_HOST: '1', HOSTNAME: '0.0.0.0' }
    const server = await world.startServer({ port, ...own })
    t.after(() => server.stop())
    const wrong = '/api/auth/callback/email?email=ada%40example.com&token=wrong'
    const { headers } = await fetch(proxy.origin + wrong, { redirect: 'manual' })
    assert.equal(new URL(headers.get('location')).hostname, '0.0.0.0')
  })
}

/** Starts what a suite needs before its first test, and ends it after the last. */
export function aWorld(prepare) {
  let setting
  before(async () => {
    const [options, browser] = [await prepare(), await launchBrowser()]
    setting = { browser, world: undefined }
    setting.world = await startWorld(options)
  })
  after(async () => {
    await setting?.browser.close()
    await setting?.world?.close()
  })
  return () => setting
}
