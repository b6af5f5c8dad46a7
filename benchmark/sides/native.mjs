import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** This adapter, as its README tells to set it up: this checkout's, or the one in `folder`. */
export function createSide({ apiUrl, redisUrl, secret, keyPrefix, folder = ROOT }) {
  const { ChatBotKitPartnerAdapter, RedisStore } = createRequire(import.meta.url)(
    join(folder, 'index.js'),
  )
  const store = new RedisStore({ url: redisUrl })
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
