import { ChatBotKitEmailProvider, ChatBotKitPartnerAdapter } from '@chatbotkit/nextauth'
import type { NextAuthOptions } from 'next-auth'
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

/** The provider beside codes, or null. */
export const oauth = process.env.OAUTH_ISSUER
  ? { id: 'oauth', name: process.env.OAUTH_NAME || 'Example', issuer: process.env.OAUTH_ISSUER }
  : null

interface Profile {
  sub: string
  name: string
  email: string
  picture?: string
}

const providers: NextAuthOptions['providers'] = [
  ChatBotKitEmailProvider({
    maxAge: Number(process.env.CODE_LIFETIME || 600),
    // Without a sender the provider prints codes in development, and fails in production.
    sendVerificationRequest: process.env.MAIL_URL ? sendCode : undefined,
  }),
]
if (oauth) {
  providers.push({
    ...oauth,
    type: 'oauth',
    clientId: process.env.OAUTH_CLIENT_ID,
    clientSecret: process.env.OAUTH_CLIENT_SECRET,
    wellKnown: `${oauth.issuer}/.well-known/openid-configuration`,
    authorization: { params: { scope: 'openid profile email' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    profile: ({ sub, name, email, picture }: Profile) => ({ id: sub, name, email, image: picture }),
  })
}

export const options: NextAuthOptions = {
  adapter,
  providers,
  session: { strategy: 'jwt' },
  pages: { signIn: '/signin', verifyRequest: '/signin/code', error: '/signin/error' },
  callbacks: {
    /** Pages need the sub-account's id, which is in the token only. */
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
}
