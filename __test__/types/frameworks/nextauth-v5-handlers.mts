import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
  protect,
} from '@chatbotkit/nextauth'
import NextAuth from 'next-auth'
import { config } from './config.mjs'

const store = MemoryStore.shared()

export const { handlers, auth, signIn, signOut } = protect(NextAuth(config), {
  store,
  headers: async () => new Headers(),
})

export const pair: typeof handlers = protect(handlers, { store, trustedProxies: 1 })

export const lazy = NextAuth(() => ({
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared() }),
  providers: [ChatBotKitEmailProvider()],
}))
