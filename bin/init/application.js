'use strict'

const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

/** What to install where next-auth is missing. */
const PACKAGES = { v4: 'next-auth@4', v5: 'next-auth@beta' }

/**
 * What is known of the Next.js application in a folder.
 *
 * @typedef {object} Application
 * @property {string} folder
 * @property {'app' | 'pages'} router
 * @property {'v4' | 'v5'} auth
 * @property {boolean} isTypeScript
 * @property {string} source `src/`, or nothing
 * @property {string | undefined} missing what has to be installed, as npm takes it
 * @property {string} words all of that, for people
 */

/** @returns {Application} */
function applicationIn(folder, askedFor) {
  const manifest = readManifest(join(folder, 'package.json'))
  const dependencies = { ...manifest?.devDependencies, ...manifest?.dependencies }
  if (!dependencies.next) {
    throw new Error(
      'This folder has no package.json with next in its dependencies. Run init in the folder of a Next.js application: npx create-next-app makes one',
    )
  }
  const has = (path) => existsSync(join(folder, path))
  const source = has('src/app') || has('src/pages') ? 'src/' : ''
  // A folder `app` without a layout has routes only, as that of next-auth v5 beside the Pages Router.
  const hasLayout = ['tsx', 'jsx', 'js'].some((ending) => has(`${source}app/layout.${ending}`))
  const router = hasLayout || !has(`${source}pages`) ? 'app' : 'pages'
  const isTypeScript = has('tsconfig.json')
  const installed = versionOf(folder, dependencies)
  if (installed && askedFor && installed !== askedFor) {
    throw new Error(`next-auth ${installed} is installed here, not ${askedFor}`)
  }
  const auth = installed ?? askedFor ?? (router === 'app' ? 'v5' : 'v4')
  const words = [
    router === 'app' ? 'App Router' : 'Pages Router',
    isTypeScript ? 'TypeScript' : 'JavaScript',
    `next-auth ${auth}`,
  ]
  const missing = installed ? undefined : PACKAGES[auth]
  return { folder, router, auth, isTypeScript, source, missing, words: words.join(', ') }
}

/** The major version of next-auth that is there, or will be after an installation. */
function versionOf(folder, dependencies) {
  const { version } = readManifest(join(folder, 'node_modules/next-auth/package.json')) ?? {}
  const known = version ?? dependencies['next-auth']
  if (known === undefined) return undefined
  return known === 'beta' || /^\D*5/.test(known) ? 'v5' : 'v4'
}

function readManifest(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

module.exports = { applicationIn }
