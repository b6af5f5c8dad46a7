/** What axe finds on each page, in light and in dark, and a picture of it. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { it } from 'node:test'
import { ADA } from './world.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')

/** Rules of WCAG 2.2 up to AA, and axe's own advice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** In CSS pixels: a window of 1280 at 400 %, WCAG 2.2 success criterion 1.4.10. */
const NARROW = 320

async function check(person, name, pictures) {
  const { page } = person
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(AXE)
    const { violations, passes } = await page.evaluate(
      (values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }),
      RULES,
    )
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)
    assert.deepEqual(found, [], `${name}, ${colorScheme}`)
    assert.ok(passes.length > 10, 'axe looked at the page')
    // Hiding the caret would be a change to the page, which React could meet while it hydrates.
    const path = join(pictures, `${name}-${colorScheme}.png`)
    await page.screenshot({ path, caret: 'initial' })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await fitsNarrowWindow(page, name)
}

/** Nobody has to scroll sideways to read. */
async function fitsNarrowWindow(page, name) {
  const size = page.viewportSize()
  await page.setViewportSize({ ...size, width: NARROW })
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(width <= NARROW, `${name} is ${width} pixels wide in a window of ${NARROW}`)
  await page.setViewportSize(size)
}

/**
 * @param {() => object} setting `{ browser, world }` of the moment
 * @param {object} options
 * @param {string} options.pictures a folder for them
 * @param {string | false} options.readme a folder for those that a README shows
 * @param {string[]} options.shown their names
 * @param {(person: object, check: (name: string) => Promise<void>) => Promise<void>} options.further
 *   goes on from the dashboard, and checks what there is
 */
export function accessibility(setting, { pictures, readme, shown, further }) {
  it('has pages that everybody can use', async (t) => {
    const { browser, world } = setting()
    mkdirSync(pictures, { recursive: true })
    const person = await browser.person(t, world, { viewport: { width: 640, height: 620 } })
    await person.open('/signin')
    await person.sees('Sign in')
    await check(person, 'sign-in', pictures)
    const code = await person.receiveCode(ADA.email)
    await check(person, 'code', pictures)
    await person.enterCode('000000')
    await person.isTold(/code is not right/)
    await check(person, 'wrong-code', pictures)
    await person.enterCode(code)
    await person.accountId()
    await check(person, 'dashboard', pictures)
    await further(person, (name) => check(person, name, pictures))

    if (!readme) return
    mkdirSync(readme, { recursive: true })
    const files = shown.map((name) => `${name}-light.png`)
    for (const file of files) copyFileSync(join(pictures, file), join(readme, file))
  })
}
