import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** This adapter, as its README tells to set it up: this checkout's, or the one in `folder`. */
export function createSide(settings) {
  const { apiUrl, redisUrl, secret, keyPrefix, folder = ROOT } = settings
  const { ChatBotKitPartnerAdapter, ...stores } = createRequire(import.meta.url)(
    join(folder, 'index.js'),
  )
  const [kind, options] = settings.store ?? ['RedisStore', { url: redisUrl }]
  const store = new stores[kind](options)
  const adapter = ChatBotKitPartnerAdapter({
    store,
    secret,
    keyPrefix,
    baseUrl: apiUrl,
    apiRoutes: 'partner',
    autoCreateUser: true,
    autoDeleteUser: true,
  })
  const close = async () => {
    await adapter.close()
    await store.close()
  }
  return { adapter, close }
}
