import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'
import type { Config, EmailConfig } from './framework.mjs'

type LoggerInstance = Required<Pick<NonNullable<Config['logger']>, 'error' | 'warn' | 'debug'>>

async function sendMail(_mail: { to: string; text: string }) {}

// A sender that was written for Auth.js's own provider.
const sendVerificationRequest: EmailConfig['sendVerificationRequest'] = async ({
  identifier,
  request,
  token,
}) => {
  if (request.method === 'POST') await sendMail({ to: identifier, text: token })
}

export const reused: Config = {
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

export const logged: Config = {
  adapter: ChatBotKitPartnerAdapter({ store: MemoryStore.shared(), logger }),
  providers: [ChatBotKitEmailProvider()],
  logger,
}
