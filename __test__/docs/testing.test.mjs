/** The tests of docs/testing.md, run by the runners that they are for. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { npmInstallation } from '../../scripts/cache.mjs'
import { installPackage } from '../../scripts/examples.mjs'
import { ROOT } from '../../scripts/programs.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'
import { cloneFolder } from '../e2e/application.mjs'
import { filesIn } from './markdown.mjs'

const run = promisify(execFile)

const FILES = filesIn('docs/testing.md')

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--no-color']
const JEST = ['node_modules/jest/bin/jest.js', '--no-color']

/** A test in which a session that began now is there, with a clock that is faked before. */
const CLOCK = `
test('clock', async () => {
  const { ChatBotKitPartnerAdapter, MemoryStore } = await import('@chatbotkit/nextauth')
  const adapter = ChatBotKitPartnerAdapter({ secret: 'x', store: new MemoryStore() })
  const expires = new Date(Date.now() + 60_000)
  await adapter.createVerificationToken({ identifier: 'ada', token: 'x', expires })
  const found = await adapter.useVerificationToken({ identifier: 'ada', token: 'x' })
  if (!found) throw new Error('nobody is found')
})`

/** What the table of fake clocks says for a runner. */
function fakeClock(runner) {
  const text = readFileSync(join(ROOT, 'docs/testing.md'), 'utf8')
  return new RegExp(`^\\| ${runner} \\| \`([^\`]+)\` \\|$`, 'm').exec(text)[1]
}

describe('docs/testing.md', () => {
  let folder
  before(() => {
    const installed = npmInstallation(join(ROOT, '__test__/docs/runners'))
    folder = join(temporaryFolder('runners'), 'project')
    cloneFolder(join(installed, 'node_modules'), join(folder, 'node_modules'))
    installPackage(folder)
    writeFileSync(join(folder, 'package.json'), '{}')
    for (const [path, text] of FILES) writeFileSync(join(folder, path), text)
  })

  /** @returns {Promise<string>} what the runner printed */
  async function passes(...args) {
    // A runner that is started by another one speaks to that one.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_ENV: undefined }
    const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env })
    return stdout + stderr
  }

  it('has a test for each of three runners', () => {
    assert.deepEqual([...FILES.keys()], ['sign-up.test.mjs', 'outage.test.mjs', 'names.test.js'])
  })

  it('node:test', async () => {
    assert.match(await passes('--test', 'sign-up.test.mjs'), /pass 1\b/)
  })

  it('Vitest', async () => {
    assert.match(await passes(...VITEST, 'outage.test.mjs'), /Tests +1 passed/)
  })

  it('Jest', async () => {
    assert.match(await passes(...JEST, 'names.test.js'), /Tests: +1 passed/)
  })

  it('Jest with jsdom is told what to do', async () => {
    const jsdom = [...JEST, '--env=jsdom', 'names.test.js']
    await assert.rejects(passes(...jsdom), (error) => {
      assert.match(error.stderr, /ERR_RUNTIME|testEnvironment: 'node'/)
      return true
    })
    const comment = '/** @jest-environment node */\n'
    writeFileSync(join(folder, 'commented.test.js'), comment + FILES.get('names.test.js'))
    await passes(...JEST, '--env=jsdom', 'commented.test.js')
  })

  for (const [runner, path, head, command] of [
    ['`node:test`', 'clock.test.mjs', "import { mock, test } from 'node:test'\n", ['--test']],
    ['Vitest', 'vitest-clock.test.mjs', "import { test, vi } from 'vitest'\n", VITEST],
    ['Jest', 'jest-clock.test.js', '', ['--experimental-vm-modules', ...JEST]],
  ]) {
    it(`has a fake clock for ${runner} that leaves the adapter its people`, async () => {
      writeFileSync(join(folder, path), `${head}${fakeClock(runner)}\n${CLOCK}`)
      await passes(...command, path)
    })
  }
})
