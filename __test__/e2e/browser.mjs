/** Debian's Chromium, and people in front of it. */
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'
import { findChromium } from '../../testing/chromium.mjs'
import { Person } from './person.mjs'

/** Nothing that talks to anybody but the application. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
]

/**
 * Not the application's: Next's own indicator under `next dev` in the Pages Router reads the router
 * before there is one, when its message comes early.
 */
const NEXT_INDICATOR = /^\[HMR\] Invalid message: \{"type":"isrManifest"/

export async function launchBrowser() {
  const executablePath = findChromium()
  assert.ok(executablePath, 'no Chromium on the PATH')
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS })
  return {
    close: () => browser.close(),

    /**
     * Somebody with cookies of their own. The test fails when a page of theirs complains.
     *
     * @param {import('node:test').TestContext} t
     * @param {object} world
     * @param {object} [options] of Playwright's context, and `excused`: complaints that are not the
     *   application's
     */
    async person(t, world, { excused = [], ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 800, height: 900 },
        ...options,
      })
      context.setDefaultTimeout(30_000)
      const complaints = []
      context.on('console', (message) => {
        if (!['error', 'warning'].includes(message.type())) return
        const complaint = `${message.text()} (${message.location().url})`
        const isExcused = [NEXT_INDICATOR, ...excused].some((known) => known.test(complaint))
        if (!isExcused) complaints.push(complaint)
      })
      context.on('weberror', (error) => complaints.push(String(error.error())))
      t.after(async () => {
        await context.close()
        assert.deepEqual(complaints, [], 'the console of the pages')
      })
      return new Person(context, await context.newPage(), world)
    },
  }
}
