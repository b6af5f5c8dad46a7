import { ChatBotKitEmailProvider, ChatBotKitPartnerAdapter, protect } from '@chatbotkit/nextauth'
import { headers } from 'next/headers'
import NextAuth from 'next-auth'
import type { Adapter } from 'next-auth/adapters'
import type { Provider } from 'next-auth/providers'
import { deviceName } from './device'
import { limits, trustedProxies } from './limits'
import { sendCode } from './send-code'
import { store } from './store'

export const adapter = ChatBotKitPartnerAdapter({
  // Needed at the first call, not before: `next build` runs without it.
  secret: process.env.CHATBOTKIT_API_SECRET,
  baseUrl: process.env.CHATBOTKIT_BASE_URL,
  store,
  // Whoever proves an address gets a sub-account. Leave it out to admit only existing ones.
  autoCreateUser: true,
  // The page "Delete my account" needs it.
  autoDeleteUser: true,
})

/** The adapter as Auth.js gets it: each session is called after the device that signs in. */
const labelled: Adapter = {
  ...adapter,
  createSession: async (session) =>
    adapter.createSession({ ...session, label: await deviceName() }),
}

/** The provider beside codes, or undefined. */
export const oauth = process.env.OAUTH_ISSUER
  ? { id: 'oauth', name: process.env.OAUTH_NAME || 'Example', issuer: process.env.OAUTH_ISSUER }
  : undefined

const providers: Provider[] = [
  ChatBotKitEmailProvider({
    maxAge: Number(process.env.CODE_LIFETIME || 600),
    // Without a sender the provider prints codes in development, and fails in production.
    sendVerificationRequest: process.env.MAIL_URL ? sendCode : undefined,
  }),
]
if (oauth) {
  const { OAUTH_CLIENT_ID: clientId, OAUTH_CLIENT_SECRET: clientSecret } = process.env
  const checks: ('pkce' | 'state' | 'nonce')[] = ['pkce', 'state', 'nonce']
  providers.push({ ...oauth, type: 'oidc', clientId, clientSecret, checks })
}

const nextAuth = NextAuth({
  adapter: labelled,
  providers,
  session: { strategy: 'database' },
  pages: { signIn: '/signin', verifyRequest: '/signin/code', error: '/signin/error' },
  callbacks: {
    /** Without it, the session that pages see holds the session token and the whole sub-account. */
    session({ session, user }) {
      const { id, name, email, image } = user
      return { expires: session.expires, user: { id, name, email, image } }
    },
  },
  logger: {
    /** A mistyped code is no fault of the server. */
    error(error) {
      if ((error as { type?: string }).type !== 'Verification') console.error(error)
    },
  },
})

/** Requests for codes, and codes that are tried, are counted before Auth.js gets them. */
export const { handlers, auth, signIn, signOut } = protect(nextAuth, {
  store,
  headers,
  signInPage: '/signin',
  trustedProxies,
  limits,
})
