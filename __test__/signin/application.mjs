/**
 * An application under test: a framework, the adapter, and the sandbox it talks to.
 */
import { randomBytes } from 'node:crypto'
import {
  ChatBotKitEmailProvider,
  ChatBotKitError,
  MemoryStore,
  protect,
} from '@chatbotkit/nextauth'
import { reach } from '../../testing/adapter.mjs'
import { SUB_ACCOUNTS, startDirectory } from '../../testing/directories.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { Visit } from './visit.mjs'

/** Options for an adapter that has forgotten people by the time it is asked for them again. */
export const FORGETFUL = { cacheTtl: 1, userCacheTtl: 1 }

/**
 * @param {import('node:test').TestContext} t closes everything when it ends
 * @param {object} framework
 * @param {string} framework.name
 * @param {string} framework.basePath
 * @param {string} framework.sessionCookie name of the session cookie
 * @param {Function} framework.start
 * @param {Function} framework.oauth makes the configuration of a provider
 * @param {import('../../testing/directories.mjs').Directory} [framework.directory] default: sub-accounts
 * @param {object} [options]
 * @param {object} [options.adapter] options for the adapter
 * @param {object} [options.provider] options for the e-mail provider
 * @param {(adapter: object) => Function} [options.signIn] makes the framework's callback of that name
 * @param {object} [options.session] the framework's `session` option
 * @param {object} [options.sandbox] options for the sandbox
 * @param {object} [options.guard] options for protect(), if it is to be in front
 * @param {import('../../testing/oauth-provider.mjs').OAuthProvider[]} [options.oauth]
 * @param {object} [options.oauthOptions] options for the frameworks' side of those
 */
export async function startApplication(t, framework, options = {}) {
  const { adapter: adapterOptions, provider, session, signIn, oauth = [], oauthOptions } = options
  const { sandbox: sandboxOptions, guard } = options
  const { directory = SUB_ACCOUNTS } = framework
  const sandbox = await startDirectory(t, directory, { users: [ADA, BOB], ...sandboxOptions })
  const store = new MemoryStore()
  const adapter = directory.createAdapter({
    ...reach(sandbox),
    store,
    retries: 0,
    ...adapterOptions,
  })

  const codes = new Map()
  const shown = []
  const complaints = []
  const server = await framework.start(
    configure({
      adapter,
      session,
      signIn: signIn?.(adapter),
      secret: randomBytes(32).toString('hex'),
      email: { onCode: (address, code) => void codes.set(address, code), ...provider },
      oauth: oauth.map((it) => framework.oauth({ ...it.client(), ...oauthOptions })),
      onSession: (user) => shown.push(user),
      onError: (...what) => complaints.push(...what.map(reasonIn).filter(Boolean)),
    }),
    guard && ((handler) => protect(handler, { store, ...guard })),
  )
  t.after(() => server.close())

  const elsewhere = oauth.map(({ issuer }) => issuer)
  return {
    sandbox,
    adapter,
    codes,
    /** The users that the session callback was given, newest last. */
    shown,
    /** The adapter's errors that the framework logged. */
    complaints,
    open: () => new Visit(framework, server.origin, { codes, elsewhere }),
  }
}

/** What an application configures, the same for both frameworks. */
export function configure({
  adapter,
  secret,
  session,
  signIn,
  email,
  oauth = [],
  onSession,
  onError,
}) {
  const { onCode, ...emailOptions } = email
  return {
    adapter,
    secret,
    session: { strategy: 'jwt', ...session },
    providers: [
      ChatBotKitEmailProvider({
        sendVerificationRequest: ({ identifier, token }) => onCode(identifier, token),
        ...emailOptions,
      }),
      ...oauth,
    ],
    // Failures are expected here; the frameworks would print each of them with its stack.
    logger: { error: (...what) => onError?.(...what), warn() {}, debug() {} },
    callbacks: {
      ...(signIn && { signIn }),
      // `user` comes with database sessions, `token` with the others.
      session({ session, user, token }) {
        onSession?.(user)
        const { name, email, image } = session.user
        return { expires: session.expires, user: { id: user?.id ?? token.sub, name, email, image } }
      },
    },
  }
}

/** The adapter's error in what a framework logs: v4 logs it as it is, v5 wraps it. */
function reasonIn(logged) {
  if (logged instanceof ChatBotKitError) return logged
  return logged?.cause ? reasonIn(logged.cause.err ?? logged.cause) : undefined
}
