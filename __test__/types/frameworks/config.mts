import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'
import type { Config } from './framework.mjs'

async function sendMail(_mail: { to: string; text: string }) {}

export const config: Config = {
  adapter: ChatBotKitPartnerAdapter({
    secret: process.env.CHATBOTKIT_API_SECRET,
    store: MemoryStore.shared(),
    autoCreateUser: true,
  }),
  providers: [
    ChatBotKitEmailProvider({
      sendVerificationRequest: async ({ identifier, token }) => {
        await sendMail({ to: identifier, text: `Your code is ${token}` })
      },
    }),
  ],
  session: { strategy: 'jwt' },
  pages: { verifyRequest: '/code' },
}

export const shortest: Config = {
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared() }),
  providers: [ChatBotKitEmailProvider()],
}

export const misspelt: Config = {
  // @ts-expect-error the option is called `store`
  adapter: ChatBotKitPartnerAdapter({ storage: MemoryStore.shared() }),
  // @ts-expect-error the option is called `codeLength`
  providers: [ChatBotKitEmailProvider({ codeLenght: 8 })],
}
