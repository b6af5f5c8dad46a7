import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { withChatBotKit } from '../../next.js'
import { run } from '../../testing/child.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'

const PACKAGE = '@chatbotkit/nextauth'

/** What `withChatBotKit` makes of an empty configuration in a folder that has this version of Next.js. */
async function configuredFor(version) {
  const folder = temporaryFolder('next-config')
  const next = path.join(folder, 'node_modules', 'next')
  mkdirSync(next, { recursive: true })
  writeFileSync(path.join(next, 'package.json'), JSON.stringify({ name: 'next', version }))
  const { code, stderr, answer } = await run(
    ({ application, module }, done) => {
      process.chdir(application)
      done(require(module).withChatBotKit({ experimental: { ppr: true } }))
    },
    {
      input: {
        application: folder,
        module: fileURLToPath(new URL('../../next.js', import.meta.url)),
      },
    },
  )
  assert.equal(code, 0, stderr)
  return answer
}

describe('withChatBotKit', () => {
  test('adds the package to what Next.js leaves outside of bundles, and keeps the rest', () => {
    const config = { output: 'standalone', serverExternalPackages: ['other'] }

    assert.deepEqual(withChatBotKit(config), {
      output: 'standalone',
      serverExternalPackages: ['other', PACKAGE],
    })
    assert.deepEqual(config.serverExternalPackages, ['other'])
  })

  test('takes the package out of what Next.js transpiles, where the JavaScript package was', () => {
    const config = { transpilePackages: ['other', PACKAGE] }

    assert.deepEqual(withChatBotKit(config), {
      transpilePackages: ['other'],
      serverExternalPackages: [PACKAGE],
    })
    assert.deepEqual(config.transpilePackages, ['other', PACKAGE])
  })

  test('needs no configuration, and names the package once', () => {
    const once = withChatBotKit()
    assert.deepEqual(once, { serverExternalPackages: [PACKAGE] })
    assert.deepEqual(withChatBotKit(once), once)
  })

  test('takes a function, with or without a promise', async () => {
    const phases = []
    const plain = withChatBotKit((phase) => {
      phases.push(phase)
      return { output: 'export' }
    })
    const promised = withChatBotKit(async () => ({}))

    assert.deepEqual(plain('phase'), { output: 'export', serverExternalPackages: [PACKAGE] })
    assert.deepEqual(phases, ['phase'])
    assert.deepEqual(await promised(), { serverExternalPackages: [PACKAGE] })
  })

  test('uses the name that the option has in the installed Next.js', async () => {
    const experimental = { ppr: true, serverComponentsExternalPackages: [PACKAGE] }
    assert.deepEqual(await configuredFor('14.2.3'), { experimental })
    assert.deepEqual(await configuredFor('15.0.0'), {
      experimental: { ppr: true },
      serverExternalPackages: [PACKAGE],
    })
  })
})
