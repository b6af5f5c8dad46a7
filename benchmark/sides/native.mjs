import { ChatBotKitPartnerAdapter, RedisStore } from '../../index.js'

/** This adapter, as its README tells to set it up. */
export function createSide({ apiUrl, redisUrl, secret }) {
  const store = new RedisStore({ url: redisUrl })
  const adapter = ChatBotKitPartnerAdapter({
    store,
    secret,
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
