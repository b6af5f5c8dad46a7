import nextauth = require('@chatbotkit/nextauth')

import type { Adapter, Config } from './framework.cjs'

const { ChatBotKitEmailProvider, ChatBotKitUserAdapter, MemoryStore } = nextauth

const adapter: Adapter = ChatBotKitUserAdapter({ store: new MemoryStore() })

const config: Config = {
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
const wrong: Config = adapter

export = { config, wrong }
