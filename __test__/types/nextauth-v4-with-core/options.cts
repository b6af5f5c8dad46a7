import nextauth = require('@chatbotkit/nextauth')

import type { NextAuthOptions } from 'next-auth'
import type { Adapter } from 'next-auth/adapters'

const { ChatBotKitEmailProvider, ChatBotKitUserAdapter, MemoryStore } = nextauth

const adapter: Adapter = ChatBotKitUserAdapter({ store: new MemoryStore() })

const authOptions: NextAuthOptions = {
  adapter,
  providers: [
    ChatBotKitEmailProvider({
      sendVerificationRequest: async ({ identifier, token }) => {
        console.info(identifier.toLowerCase(), token.length)
      },
    }),
  ],
}

// @ts-expect-error an adapter is no list of options
const wrong: NextAuthOptions = adapter

export = { authOptions, wrong }
