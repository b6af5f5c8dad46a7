import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  SqliteStore,
  storeFrom,
} from '@chatbotkit/nextauth'

const store = storeFrom(process.env, { fallback: new SqliteStore({ path: 'auth.db' }) })

export const adapter = ChatBotKitPartnerAdapter({
  secret: process.env.CHATBOTKIT_API_SECRET,
  baseUrl: process.env.CHATBOTKIT_BASE_URL,
  store,
  autoCreateUser: true,
})

/** What counts requests for codes, and codes that are tried. Behind a proxy it needs `trustedProxies: 1`. */
export const guard = { store }

/** The configuration of Auth.js: the same object as for any other of its hosts. */
export const config = {
  adapter,
  // Prints codes when NODE_ENV is "development"; pass `sendVerificationRequest` to send them.
  providers: [ChatBotKitEmailProvider()],
  session: { strategy: 'database' },
  pages: { verifyRequest: '/code', error: '/code' },
  // Behind a proxy, see https://authjs.dev/getting-started/deployment.
  trustHost: true,
  callbacks: {
    session({ session, user: { id, name, email } }) {
      return { expires: session.expires, user: { id, name, email } }
    },
  },
}
