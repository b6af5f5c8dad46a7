import nextauth = require('@chatbotkit/nextauth')

import type { NextAuthConfig } from 'next-auth' with { 'resolution-mode': 'import' }
import type { Adapter } from 'next-auth/adapters' with { 'resolution-mode': 'import' }

const { ChatBotKitEmailProvider, ChatBotKitUserAdapter, MemoryStore } = nextauth

const adapter: Adapter = ChatBotKitUserAdapter({ store: new MemoryStore() })

const config: NextAuthConfig = {
  adapter,
  providers: [
    ChatBotKitEmailProvider({
      sendVerificationRequest: async ({ identifier, token }) => {
        console.info(identifier.toLowerCase(), token.length)
      },
    }),
  ],
}

// @ts-expect-error an adapter is no configuration
const wrong: NextAuthConfig = adapter

export = { config, wrong }
