/** What the quickstart adds to Auth.js: its own pages, in words. The whole way in is `npm start -- --once`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryStore } from '@chatbotkit/nextauth'
import { startQuickstart } from '../../examples/quickstart/main.mjs'
import { Browser } from '../../testing/browser.mjs'

const ADA = 'ada@example.com'

async function start(t) {
  const codes = new Map()
  const app = await startQuickstart({
    store: new MemoryStore(),
    port: 0,
    secret: '',
    onCode: ({ identifier, token }) => codes.set(identifier, token),
  })
  t.after(() => app.close())
  return { app, codes, browser: new Browser(app.origin) }
}

describe('the quickstart', () => {
  it('signs a person in and greets them by name', async (t) => {
    const { app, browser, codes } = await start(t)
    const form = await browser.submit(await browser.open('/'), { email: ADA })

    const dashboard = await browser.submit(form, { code: codes.get(ADA) })

    assert.match(dashboard.text, /Hello, Ada Lovelace/)
    assert.ok(dashboard.text.includes(app.sandbox.users.findByEmail(ADA).id))
  })

  it('takes a code with spaces and capitals around an address with capitals', async (t) => {
    const { browser, codes } = await start(t)
    const form = await browser.submit(await browser.open('/'), { email: ' Ada@Example.COM ' })
    const code = codes.get(ADA).toUpperCase()

    const dashboard = await browser.submit(form, { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` })

    assert.equal(dashboard.url.pathname, '/dashboard')
  })

  it('asks again for a code that was wrong, and says so', async (t) => {
    const { browser } = await start(t)
    const form = await browser.submit(await browser.open('/'), { email: ADA })

    const again = await browser.submit(form, { code: 'nonsense' })

    assert.equal(again.url.pathname, '/code')
    assert.match(again.text, /role="alert">That code is not right/)
    assert.ok(again.text.includes(ADA))
  })

  it('asks again for an address that cannot be one', async (t) => {
    const { browser } = await start(t)

    const page = await browser.submit(await browser.open('/'), { email: 'nobody' })

    assert.match(page.text, /role="alert">That does not look like an e-mail address/)
  })

  it('sends nobody to the dashboard who is not signed in', async (t) => {
    const { browser } = await start(t)

    assert.equal((await browser.open('/dashboard')).url.pathname, '/')
  })

  it('shows what was typed as text, never as markup', async (t) => {
    const { browser } = await start(t)
    const typed = '<img/src=x>@example.com'

    const form = await browser.submit(await browser.open('/'), { email: typed })

    assert.ok(!form.text.includes('<img'))
    assert.ok(form.text.includes('&lt;img/src=x&gt;@example.com'))
  })

  it('allows no script on its pages', async (t) => {
    const { browser } = await start(t)

    const { headers } = await browser.open('/')

    assert.match(headers.get('content-security-policy'), /default-src 'none'/)
  })
})
