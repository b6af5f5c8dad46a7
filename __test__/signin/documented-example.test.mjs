import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { npmInstallation } from '../../scripts/cache.mjs'
import { ROOT } from '../../testing/child.mjs'

const require = createRequire(import.meta.url)
const nextAuth = createRequire(new URL('nextauth-v4/package.json', import.meta.url))
const compilers = createRequire(join(npmInstallation(join(ROOT, '__test__/types')), 'package.json'))

/** The example that the JavaScript package of this name was documented with, word for word. */
const EXAMPLE = `import NextAuth from 'next-auth'
import { ChatBotKitPartnerAdapter, MemoryStore } from '@chatbotkit/nextauth'

export default NextAuth({
  adapter: ChatBotKitPartnerAdapter({
    secret: process.env.CHATBOTKIT_API_SECRET,
    store: new MemoryStore(), // Use Redis or another store in production
    autoCreateUser: false,
    autoUpdateUser: true,
    autoDeleteUser: false,
  }),
  // ... other NextAuth configuration
})
`

const PACKAGES = {
  'next-auth': () => nextAuth('next-auth'),
  '@chatbotkit/nextauth': () => require('../../index.js'),
  '@chatbotkit/nextauth/partner': () => require('../../index.js'),
  '@chatbotkit/nextauth/user': () => require('../../index.js'),
}

/** Runs a module as Next.js does: compiled, with CommonJS packages behind its imports. */
function run(source) {
  const { transpileModule, ModuleKind } = compilers('typescript-5.9')
  const { outputText } = transpileModule(source, {
    compilerOptions: { module: ModuleKind.CommonJS, esModuleInterop: true },
  })
  const module = { exports: {} }
  new Function('require', 'module', 'exports', outputText)(
    (name) => PACKAGES[name](),
    module,
    module.exports,
  )
  return module.exports
}

describe('the documented example', () => {
  test('runs word for word, without a secret', () => {
    assert.equal(process.env.CHATBOTKIT_API_SECRET, undefined)
    assert.equal(typeof run(EXAMPLE).default, 'function')
  })

  test('runs under the subpaths and the newer name', () => {
    const partner = EXAMPLE.replace("'@chatbotkit/nextauth'", "'@chatbotkit/nextauth/partner'")
    assert.equal(typeof run(partner).default, 'function')
    const user = EXAMPLE.replaceAll('ChatBotKitPartnerAdapter', 'ChatBotKitUserAdapter').replace(
      "'@chatbotkit/nextauth'",
      "'@chatbotkit/nextauth/user'",
    )
    assert.equal(typeof run(user).default, 'function')
  })
})
