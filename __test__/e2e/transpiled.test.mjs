/**
 * What applications of the JavaScript package have: it is transpiled, and a page imports the
 * configuration. Fast Refresh writes `import.meta` into what is transpiled for browsers, which webpack
 * refuses in files of a package that says "type": "commonjs"; so ours says nothing.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { copyExample } from './application.mjs'
import { aWorld } from './suite.mjs'
import { newAddress } from './world.mjs'

const CONFIGURATION = `export default {
  transpilePackages: ['@chatbotkit/nextauth'],
  turbopack: { root: import.meta.dirname },
}
`

const PAGE = `import { useEffect, useState } from 'react'
import { adapter } from '@/auth'

export default function Shared() {
  const [code, setCode] = useState('')
  useEffect(() => void adapter.getUser('x').catch((error) => setCode(error.code)), [])
  return <h1>{code}</h1>
}
`

/** The Pages Router example, in such an application's structure. */
function transpiledExample() {
  const folder = copyExample('nextjs-pages')
  writeFileSync(join(folder, 'next.config.ts'), CONFIGURATION)
  writeFileSync(join(folder, 'pages', 'shared.tsx'), PAGE)
  return folder
}

for (const bundler of ['turbopack', 'webpack']) {
  describe(`a transpiled package, imported in a page, next dev --${bundler}`, () => {
    const setting = aWorld(async () => {
      return { folder: transpiledExample(), mode: 'dev', args: [`--${bundler}`] }
    })

    it('signs a person in, and refuses calls in the browser only', async (t) => {
      const { browser, world } = setting()
      const person = await browser.person(t, world)
      await person.signIn(newAddress())

      await person.open('/shared')

      await person.sees('ERR_RUNTIME')
    })
  })
}
