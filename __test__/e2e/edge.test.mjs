import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { build, copyExample, newSecret, serve } from './application.mjs'

const ROUTE = `import { auth } from '@/auth'

export const runtime = 'edge'

export async function GET() {
  return Response.json(await auth())
}
`

const ADVICE = /needs the Node\.js runtime: @chatbotkit\/nextauth is a native addon/

/** The App Router example, with a route that is set to the edge runtime. */
function exampleWithEdgeRoute() {
  const folder = copyExample('nextjs-authjs')
  mkdirSync(join(folder, 'app', 'edge'))
  writeFileSync(join(folder, 'app', 'edge', 'route.ts'), ROUTE)
  return folder
}

describe('in the edge runtime', () => {
  for (const bundler of ['turbopack', 'webpack']) {
    it(`says to use the Node runtime when ${bundler} builds for production`, async () => {
      const outcome = build(exampleWithEdgeRoute(), { args: [`--${bundler}`] })

      await assert.rejects(outcome, (error) => {
        assert.match(error.message, ADVICE)
        // What bundlers say when they meet the binary.
        assert.doesNotMatch(error.message, /\.node\b.*(placeable|loader)|Module parse failed/)
        return true
      })
    })
  }

  it('says so under next dev, and the other routes go on', async (t) => {
    const env = { AUTH_SECRET: newSecret() }
    const server = await serve({ folder: exampleWithEdgeRoute(), mode: 'dev', env })
    t.after(() => server.stop())

    const refused = await fetch(`${server.origin}/edge`)

    assert.equal(refused.status, 500)
    assert.match(server.output(), ADVICE)
    assert.equal((await fetch(`${server.origin}/signin`)).status, 200)
  })
})
