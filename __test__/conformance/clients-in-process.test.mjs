import { createRequire } from 'node:module'
import { localClients } from './client-deployment.mjs'
import { conformance } from './conformance.mjs'

const require = createRequire(new URL('../clients/installed/package.json', import.meta.url))
const { default: memory } = await import(require.resolve('unstorage/drivers/memory'))

for (const library of ['keyv-5', 'keyv']) {
  const rows = new Map()
  conformance(await localClients(library, 'over a Map', () => ({ options: { store: rows } })))
}
const driver = memory()
conformance(await localClients('unstorage', 'over its memory', () => ({ options: { driver } })))
