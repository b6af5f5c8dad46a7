import { Auth, type AuthConfig } from '@auth/core'
import type { EmailConfig } from '@auth/core/providers'
import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'

type LoggerInstance = Required<Pick<NonNullable<AuthConfig['logger']>, 'error' | 'warn' | 'debug'>>

async function sendMail(_mail: { to: string; text: string }) {}

export const config: AuthConfig = {
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

export function handle(request: Request) {
  return Auth(request, config)
}

export const shortest: AuthConfig = {
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared() }),
  providers: [ChatBotKitEmailProvider()],
}

// A sender that was written for Auth.js's own provider.
const sendVerificationRequest: EmailConfig['sendVerificationRequest'] = async ({
  identifier,
  request,
  token,
}) => {
  if (request.method === 'POST') await sendMail({ to: identifier, text: token })
}

export const reused: AuthConfig = {
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

export const logged: AuthConfig = {
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared(), logger }),
  providers: [ChatBotKitEmailProvider()],
  logger,
}

export const misspelt: AuthConfig = {
  // @ts-expect-error the option is called `store`
  adapter: ChatBotKitPartnerAdapter({ storage: MemoryStore.shared() }),
  // @ts-expect-error the option is called `codeLength`
  providers: [ChatBotKitEmailProvider({ codeLenght: 8 })],
}
