import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'
import type { NextAuthOptions } from 'next-auth'
import type { SendVerificationRequestParams } from 'next-auth/providers/email'

async function sendMail(_mail: { to: string; text: string }) {}

export const authOptions: NextAuthOptions = {
  adapter: ChatBotKitPartnerAdapter({
    secret: process.env.CHATBOTKIT_SECRET,
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

export const shortest: NextAuthOptions = {
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared() }),
  providers: [ChatBotKitEmailProvider()],
}

// A sender that was written for next-auth's own provider.
async function sendVerificationRequest({ identifier, token }: SendVerificationRequestParams) {
  await sendMail({ to: identifier, text: token })
}

export const reused: NextAuthOptions = {
  providers: [
    ChatBotKitEmailProvider({ sendVerificationRequest, server: process.env.EMAIL_SERVER }),
  ],
}

export const misspelt: NextAuthOptions = {
  // @ts-expect-error the option is called `store`
  adapter: ChatBotKitPartnerAdapter({ storage: MemoryStore.shared() }),
  // @ts-expect-error the option is called `codeLength`
  providers: [ChatBotKitEmailProvider({ codeLenght: 8 })],
}
