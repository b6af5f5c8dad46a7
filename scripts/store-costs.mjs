/**
 * `npm run store-costs`: what docs/stores.md says that the adapter costs in each store.
 */

import { join } from 'node:path'
import { main, prepare, ROOT } from './setup.mjs'

const TITLES = ['store', 'commands', 'bytes']

await main(async () => {
  prepare({
    packages: ['redis-server', 'postgresql'],
    folders: [ROOT, join(ROOT, '__test__/clients/installed')],
  })
  // Once what they import is installed.
  const { createSandbox } = await import('../sandbox/index.js')
  const { clientOf } = await import('../__test__/clients/libraries.mjs')
  const { figuresOf, measureStores, ofClient, PEOPLE } = await import('../testing/store-costs.mjs')

  const sandbox = createSandbox({ users: PEOPLE })
  await sandbox.listen()
  const clients = { ioredis: ofClient((url) => clientOf('ioredis', { url })) }
  const costs = await measureStores(sandbox, clients)
  await sandbox.close()
  const lines = Object.entries(costs).map(([store, it]) => {
    const { commands, bytes } = figuresOf(it)
    return [store, commands, bytes]
  })
  for (const cells of [TITLES, TITLES.map(() => '---'), ...lines]) {
    console.log(`| ${cells.join(' | ')} |`)
  }
})
