import {
  ChatBotKitContactAdapter,
  ChatBotKitContactEmailProvider,
} from '@chatbotkit/nextauth/contact'
import NextAuth from 'next-auth'
import { sendCode } from './send-code'
import { store } from './store'

export const { handlers, auth, signIn, signOut } = NextAuth({
  adapter: ChatBotKitContactAdapter({
    // Needed at the first call, not before: `next build` runs without it.
    secret: process.env.CHATBOTKIT_API_SECRET,
    baseUrl: process.env.CHATBOTKIT_BASE_URL,
    store,
    // Whoever proves an address gets a contact. Leave it out to admit only existing ones.
    autoCreateContact: true,
  }),
  providers: [
    ChatBotKitContactEmailProvider({
      // Without a sender the provider prints codes in development, and fails in production.
      sendVerificationRequest: process.env.MAIL_URL ? sendCode : undefined,
    }),
  ],
  session: { strategy: 'database' },
  pages: { signIn: '/signin', verifyRequest: '/signin/code', error: '/signin/error' },
  callbacks: {
    /** Without it, the session that pages see holds the session token and the whole contact. */
    session({ session, user }) {
      const { id, name, email } = user
      return { expires: session.expires, user: { id, name, email } }
    },
  },
  logger: {
    /** A mistyped code is no fault of the server. */
    error(error) {
      if ((error as { type?: string }).type !== 'Verification') console.error(error)
    },
  },
})
