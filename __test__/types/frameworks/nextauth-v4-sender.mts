import { ChatBotKitEmailProvider } from '@chatbotkit/nextauth'
import type { SendVerificationRequestParams } from 'next-auth/providers/email'
import type { Config } from './framework.mjs'

async function sendMail(_mail: { to: string; text: string }) {}

// A sender that was written for next-auth's own provider.
async function sendVerificationRequest({ identifier, token }: SendVerificationRequestParams) {
  await sendMail({ to: identifier, text: token })
}

export const reused: Config = {
  providers: [
    ChatBotKitEmailProvider({ sendVerificationRequest, server: process.env.EMAIL_SERVER }),
  ],
}
