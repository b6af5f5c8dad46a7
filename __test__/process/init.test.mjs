/** What `npx @chatbotkit/nextauth init` leaves alone and refuses. test:docs runs what it writes. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { ROOT } from '../../testing/child.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'

const PROGRAM = join(ROOT, 'bin/chatbotkit-nextauth.js')

const MANIFEST = JSON.stringify({ dependencies: { next: '16.4.6', 'next-auth': '^4.24.15' } })
const APPLICATION = { 'package.json': MANIFEST, 'app/layout.js': '' }

function folderWith(files) {
  const folder = temporaryFolder('init')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

function init(folder, ...args) {
  const options = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }
  return spawnSync(process.execPath, [PROGRAM, 'init', ...args], options)
}

const textOf = (folder, path) => readFileSync(join(folder, path), 'utf8')

describe('init', () => {
  test('is for a folder with a Next.js application', () => {
    for (const files of [{}, { 'package.json': '{}' }]) {
      const { status, stderr } = init(folderWith(files), '--yes')
      assert.equal(status, 1)
      assert.match(stderr, /next in its dependencies.*create-next-app/)
    }
  })

  test('writes nothing where nobody can be asked', () => {
    const folder = folderWith(APPLICATION)
    const { status, stdout, stderr } = init(folder)
    assert.equal(status, 2)
    assert.match(stdout, /create auth\.js/)
    assert.match(stderr, /--yes/)
    assert.ok(!existsSync(join(folder, 'auth.js')))
  })

  test('refuses a version of next-auth that is none, or another than is installed', () => {
    const folder = folderWith(APPLICATION)
    assert.equal(init(folder, '--auth', 'v3', '--yes').status, 2)
    const { status, stderr } = init(folder, '--auth', 'v5', '--yes')
    assert.equal(status, 1)
    assert.match(stderr, /next-auth v4 is installed here/)
  })

  test('says what has to be installed', () => {
    const files = { ...APPLICATION, 'package.json': '{"dependencies":{"next":"16"}}' }
    assert.match(init(folderWith(files), '--yes').stdout, /npm install next-auth@beta$/m)
    const pages = { 'package.json': files['package.json'], 'pages/index.js': '' }
    assert.match(init(folderWith(pages), '--yes').stdout, /npm install next-auth@4$/m)
  })

  test('leaves a file alone that is there', () => {
    const folder = folderWith({ ...APPLICATION, 'auth.js': '// mine', '.gitignore': '/data' })
    const { stdout } = init(folder, '--yes')
    assert.match(stdout, /keep {3}auth\.js {2}\(it is there already\)/)
    assert.equal(textOf(folder, 'auth.js'), '// mine')
    assert.match(textOf(folder, '.gitignore'), /^\/data\n\n# codes.*\nauth\.db\*\n$/)
  })

  test('adds the variables that no file has, and keeps those that one has', () => {
    const mine = 'DATABASE_URL="postgres://localhost/db"'
    const files = { ...APPLICATION, '.env': mine, '.env.local': 'NEXTAUTH_SECRET=mine' }
    const folder = folderWith(files)
    init(folder, '--yes')
    assert.equal(textOf(folder, '.env'), mine)
    const text = textOf(folder, '.env.local')
    assert.match(text, /^NEXTAUTH_SECRET=mine\n/)
    assert.deepEqual(
      [...text.matchAll(/^(\w+)=/gm)].map(([, name]) => name),
      ['NEXTAUTH_SECRET', 'NEXTAUTH_URL', 'CHATBOTKIT_API_SECRET', 'CHATBOTKIT_BASE_URL'],
    )
  })

  for (const [what, path, before, after] of [
    [
      'a configuration in CommonJS',
      'next.config.js',
      'module.exports = config\n',
      "const { withChatBotKit } = require('@chatbotkit/nextauth/next')\nmodule.exports = withChatBotKit(config)\n",
    ],
    ['one that goes through it', 'next.config.mjs', 'export default withChatBotKit({})'],
    ['one that is put together', 'next.config.mjs', 'export default withMDX({})'],
  ]) {
    test(`${what}: ${after ? 'goes through withChatBotKit' : 'is left alone'}`, () => {
      const folder = folderWith({ ...APPLICATION, [path]: before })
      const { stdout } = init(folder, '--yes')
      assert.equal(textOf(folder, path), after ?? before)
      if (before.includes('withMDX')) assert.match(stdout, /keep {3}next\.config\.mjs.*by hand/)
    })
  }
})
