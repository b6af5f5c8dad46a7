import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'
import NextAuth, { type NextAuthConfig } from 'next-auth'
import type { EmailConfig } from 'next-auth/providers'

type LoggerInstance = Required<
  Pick<NonNullable<NextAuthConfig['logger']>, 'error' | 'warn' | 'debug'>
>

async function sendMail(_mail: { to: string; text: string }) {}

export const config: NextAuthConfig = {
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

export const { handlers, auth, signIn, signOut } = NextAuth(config)

export const lazy = NextAuth(() => ({
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared() }),
  providers: [ChatBotKitEmailProvider()],
}))

// A sender that was written for Auth.js's own provider.
const sendVerificationRequest: EmailConfig['sendVerificationRequest'] = async ({
  identifier,
  request,
  token,
}) => {
  if (request.method === 'POST') await sendMail({ to: identifier, text: token })
}

export const reused: NextAuthConfig = {
  providers: [
    ChatBotKitEmailProvider({ sendVerificationRequest, server: process.env.EMAIL_SERVER }),
  ],
}

// One logger for both.
const logger: LoggerInstance = {
  error: (error: Error) => console.error(error.name),
  warn: (code) => console.warn(code),
  debug: (message, metadata) => console.debug(message, metadata),
}

export const logged: NextAuthConfig = {
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared(), logger }),
  providers: [ChatBotKitEmailProvider()],
  logger,
}

export const misspelt: NextAuthConfig = {
  // @ts-expect-error the option is called `store`
  adapter: ChatBotKitPartnerAdapter({ storage: MemoryStore.shared() }),
  // @ts-expect-error the option is called `codeLength`
  providers: [ChatBotKitEmailProvider({ codeLenght: 8 })],
}
