/**
 * The Auth.js configuration: the one file to copy into an application of your own.
 *
 * With next-auth v5 the object returned as `config` goes to `NextAuth(config)`, with next-auth v4 to
 * `NextAuth(req, res, config)`, with `@auth/core` to `Auth(request, config)` as `app.mjs` does.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  SqliteStore,
  storeFrom,
} from '@chatbotkit/nextauth'

/** Where codes live when no variable names a store: a file, which a restart leaves as it is. */
const FILE = fileURLToPath(new URL('auth.db', import.meta.url))

/** Where this application keeps its Auth.js routes. */
export const BASE_PATH = '/auth'

/**
 * @param {object} options
 * @param {string} options.secret the Partner API secret of the parent account
 * @param {string} [options.baseUrl] the API's origin; the hosted API when left out
 * @param {object} [options.store] where codes live; what REDIS_URL or DATABASE_URL names, or a file
 * @param {(message: { identifier: string, token: string, expires: Date }) => unknown} [options.sendVerificationRequest]
 *   brings the code to the person; when left out, the provider prints it in development
 */
export function createAuth({
  secret,
  baseUrl,
  store = storeFrom(process.env, { fallback: new SqliteStore({ path: FILE }) }),
  sendVerificationRequest,
}) {
  const adapter = ChatBotKitPartnerAdapter({
    secret,
    ...(baseUrl && { baseUrl }),
    store,
    // Whoever proves an address gets a sub-account. Leave it out to admit only existing ones.
    autoCreateUser: true,
  })

  const config = {
    adapter,
    providers: [
      ChatBotKitEmailProvider(sendVerificationRequest ? { sendVerificationRequest } : {}),
    ],
    session: { strategy: 'jwt' },
    basePath: BASE_PATH,
    // Without AUTH_SECRET everybody is signed out by a restart. `openssl rand -base64 33` makes one.
    secret: process.env.AUTH_SECRET || randomBytes(32).toString('hex'),
    // The origin comes from `server.mjs`, never from a request's Host header.
    trustHost: true,
    pages: { signIn: '/', verifyRequest: '/code', error: '/error' },
    logger: {
      /** A mistyped code is no fault of the server; Auth.js would log it with a stack. */
      error(error) {
        if (error.type !== 'Verification') console.error(error)
      },
    },
    callbacks: {
      /** Auth.js keeps the sub-account's id in the token only; the dashboard needs it in the session. */
      session({ session, token }) {
        session.user.id = token.sub
        return session
      },
    },
  }

  return { adapter, config }
}
