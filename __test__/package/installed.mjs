/**
 * Installs packed packages with npm in an empty folder, and signs in there. Needs Node and npm, and
 * nothing of the repository's node_modules: for containers and other machines.
 *
 *     node __test__/package/installed.mjs <folder with the *.tgz files>
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { installApplication, signIn } from './applications.mjs'
import { run, startSandbox } from './processes.mjs'
import { serveRegistry } from './registry.mjs'

const { platformName } = createRequire(import.meta.url)('../../lib/native/platform.js')

const NPM = { commands: [['npm', 'install', '--no-audit', '--no-fund']], development: true }

async function main(packed, folder) {
  const names = readdirSync(packed).filter((name) => name.endsWith('.tgz'))
  const registry = await serveRegistry(names.map((name) => resolve(packed, name)))
  try {
    const [defaultRegistry] = (await run('npm', ['config', 'get', 'registry'])).match(/^http\S+/m)
    const fetched = await installApplication(NPM, folder, registry, defaultRegistry)
    assert.deepEqual(fetched, [`@chatbotkit/nextauth-${platformName()}`])
    const sandbox = await startSandbox(
      join(folder, 'project/node_modules/@chatbotkit/nextauth/bin/chatbotkit-nextauth.js'),
    )
    try {
      await signIn([process.execPath], folder, sandbox)
    } finally {
      await sandbox.close()
    }
  } finally {
    await registry.close()
  }
  console.log(`signed in with Node ${process.versions.node} on ${platformName()}`)
}

const [packed] = process.argv.slice(2)
if (!packed) throw new Error('Usage: node __test__/package/installed.mjs <packed>')
const folder = mkdtempSync(join(tmpdir(), 'nextauth-installed-'))
try {
  await main(packed, folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
