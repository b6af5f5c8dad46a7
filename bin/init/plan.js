'use strict'

const { randomBytes } = require('node:crypto')
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
const { wrapped } = require('./next-config.js')
const { template } = require('./template.js')

/** Where Next.js looks for variables under `next dev`. */
const ENVIRONMENT_FILES = ['.env', '.env.local', '.env.development', '.env.development.local']

const NEXT_CONFIGS = ['next.config.ts', 'next.config.mts', 'next.config.mjs', 'next.config.js']

const DATABASE = 'auth.db'

/**
 * A file, and what becomes of it.
 *
 * @typedef {object} Step
 * @property {'create' | 'change' | 'keep'} verb
 * @property {string} path
 * @property {string} [text] of the whole file, where it is written
 * @property {string} [why]
 */

/**
 * @param {import('./application.js').Application} application
 * @returns {Step[]}
 */
function planFor(application) {
  const { folder } = application
  const created = filesOf(application).map(([path, text]) =>
    existsSync(join(folder, path))
      ? { verb: 'keep', path, why: 'it is there already' }
      : { verb: 'create', path, text },
  )
  return [...created, environment(application), ignored(folder), nextConfig(application)].filter(
    Boolean,
  )
}

function filesOf({ router, auth, source, isTypeScript }) {
  const [script, page] = isTypeScript ? ['ts', 'tsx'] : ['js', 'js']
  const made = (path, name) => [`${source}${path}`, template(name, isTypeScript)]
  const app = router === 'app'
  // next-auth v5 has its route in the folder of the App Router, whatever the pages are in.
  const route =
    app || auth === 'v5'
      ? made(`app/api/auth/[...nextauth]/route.${script}`, `route-${auth}`)
      : made(`pages/api/auth/[...nextauth].${script}`, 'api-v4')
  return [
    made(`auth.${script}`, `auth-${auth}`),
    route,
    made(app ? `app/signin/page.${page}` : `pages/signin.${page}`, 'signin'),
    made(app ? `app/account/page.${page}` : `pages/account.${page}`, `account-${router}-${auth}`),
  ]
}

/** The variables that no file has yet, at the end of `.env.local`. */
function environment({ folder, auth }) {
  const path = '.env.local'
  const there = ENVIRONMENT_FILES.map((file) => read(folder, file)).join('\n')
  const isSet = (name) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`, 'm').test(there)
  const secret = randomBytes(32).toString('base64url')
  const blocks = template('env', auth === 'v5')
    .replace('AUTH_SECRET=', `AUTH_SECRET=${secret}`)
    .split('\n\n')
    .map((block) => withoutLines(block, isSet))
    .filter((block) => /^\w+=/m.test(block))
  if (blocks.length === 0) return { verb: 'keep', path, why: 'the variables are there already' }
  return appended(folder, path, `${blocks.join('\n\n').trimEnd()}\n`)
}

function withoutLines(block, isSet) {
  const lines = block.split('\n')
  return lines.filter((line) => !isSet(/^(\w+)=/.exec(line)?.[1])).join('\n')
}

/** The file with codes and sessions belongs into no repository. */
function ignored(folder) {
  const path = '.gitignore'
  if (!existsSync(join(folder, path)) || read(folder, path).includes(DATABASE)) return undefined
  return appended(folder, path, `\n# codes and sessions of development\n${DATABASE}*\n`)
}

function nextConfig(application) {
  const { folder } = application
  const path = NEXT_CONFIGS.find((it) => existsSync(join(folder, it)))
  if (!path)
    return { verb: 'create', path: 'next.config.mjs', text: template('next-config', false) }
  const before = read(folder, path)
  if (before.includes('withChatBotKit')) return undefined
  const text = wrapped(before, application)
  if (text) return { verb: 'change', path, text, why: 'withChatBotKit, for standalone and Vercel' }
  const why = 'export withChatBotKit(…) from it by hand: docs/nextjs.md'
  return { verb: 'keep', path, why }
}

function appended(folder, path, text) {
  const before = read(folder, path)
  const gap = before && !before.endsWith('\n') ? '\n' : ''
  return { verb: before ? 'change' : 'create', path, text: `${before}${gap}${text}` }
}

function read(folder, path) {
  return existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : ''
}

/** @param {Step} step */
function write(folder, { verb, path, text }) {
  if (text === undefined) return
  const target = join(folder, path)
  mkdirSync(dirname(target), { recursive: true })
  // A file that appeared meanwhile is somebody's.
  writeFileSync(target, text, { flag: verb === 'create' ? 'wx' : 'w' })
}

module.exports = { planFor, write }
