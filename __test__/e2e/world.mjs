/** All that an application under test talks to: the API, a mail service, an OAuth provider. */
import { createSandbox } from '../../sandbox/index.js'
import { startOAuthProvider } from '../../testing/oauth-provider.mjs'
import * as people from '../../testing/people.mjs'
import { copyApplication, newSecret, serve } from './application.mjs'
import { startMailbox } from './mailbox.mjs'

// Without her picture: no test of a browser opens what is elsewhere.
export const ADA = { ...people.ADA, image: null, meta: { plan: 'Pro' } }
export const { BOB } = people

/** The same person as a contact. */
const CONTACT = {
  ...{ email: ADA.email, name: ADA.name, verifiedAt: ADA.createdAt },
  meta: { email: ADA.email },
}

/** The people here ask for more codes in a minute than people do. guard-flows.mjs has the limits on. */
const NO_LIMITS = {
  ...{ codesPerAddress: false, codeInterval: false, codesPerClient: false },
  ...{ codesPerClientAndAddress: false, attemptsPerClient: false },
  attemptsPerClientAndAddress: false,
}

/**
 * A whole world around one folder; its servers take other settings when a test needs them.
 *
 * @param {object} options
 * @param {string} options.folder
 * @param {'start' | 'dev' | 'standalone'} options.mode
 * @param {string[]} [options.args] more for `next dev`
 * @param {(api: { url: string }) => object} [options.settings] more environment variables
 */
export async function startWorld({ folder, mode, args, settings = () => ({}) }) {
  const sandbox = createSandbox({ users: [ADA, BOB], contacts: [CONTACT] })
  const { url } = await sandbox.listen()
  const mailbox = await startMailbox()
  const provider = await startOAuthProvider({ id: 'oauth' })
  const authSecret = newSecret()
  const environment = {
    CHATBOTKIT_API_SECRET: sandbox.secret,
    CHATBOTKIT_BASE_URL: url,
    MAIL_URL: mailbox.url,
    RATE_LIMITS: JSON.stringify(NO_LIMITS),
    AUTH_SECRET: authSecret,
    NEXTAUTH_SECRET: authSecret,
    OAUTH_NAME: 'Example',
    OAUTH_ISSUER: provider.issuer,
    OAUTH_CLIENT_ID: provider.clientId,
    OAUTH_CLIENT_SECRET: provider.clientSecret,
    ...(await settings({ url })),
  }
  const startServer = ({ port, folder: own = folder, ...env } = {}) =>
    serve({ folder: own, mode, args, port, env: { ...environment, ...env } })
  const server = await startServer()

  return {
    origin: server.origin,
    server,
    sandbox,
    mailbox,
    provider,
    /** Another server of the same application, with settings of its own. */
    startServer: (options) =>
      startServer({ folder: mode === 'dev' ? copyApplication(folder) : folder, ...options }),
    async close() {
      await server.stop()
      await Promise.all([sandbox.close(), mailbox.close(), provider.close()])
    },
  }
}

let addresses = 0

/** An address that nobody has used. */
export function newAddress(name = 'grace') {
  addresses += 1
  return `${name}-${addresses}@example.com`
}
