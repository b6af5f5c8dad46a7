import nextauth = require('@chatbotkit/nextauth')

import type { AuthConfig } from '@auth/core' with { 'resolution-mode': 'import' }
import type { Adapter } from '@auth/core/adapters' with { 'resolution-mode': 'import' }

const { ChatBotKitEmailProvider, ChatBotKitUserAdapter, MemoryStore } = nextauth

const adapter: Adapter = ChatBotKitUserAdapter({ store: new MemoryStore() })

const config: AuthConfig = {
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
const wrong: AuthConfig = adapter

export = { config, wrong }
