import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'
import NextAuth from 'next-auth'
import { config } from './config.mjs'

export const { handlers, auth, signIn, signOut } = NextAuth(config)

export const lazy = NextAuth(() => ({
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared() }),
  providers: [ChatBotKitEmailProvider()],
}))
