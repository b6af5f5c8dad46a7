/** An application under test that sends people to a provider. */

import { startOAuthProvider } from '../../testing/oauth-provider.mjs'
import { startApplication } from './application.mjs'

/** An id with characters that mean something in keys and addresses, as Auth0's have. */
export const GRACE = {
  sub: 'oidc|93:17/%2e grace@example.com',
  email: 'grace@example.com',
  email_verified: true,
  name: 'Grace Hopper',
  picture: 'https://example.com/grace.png',
}

export const STRATEGIES = ['database', 'jwt']

/** An application with a provider at which Grace is signed in. */
export async function startWithProvider(t, framework, strategy, options = {}) {
  const { adapter, kind, session, ...others } = options
  const provider = await startOAuthProvider({ kind, person: GRACE })
  t.after(() => provider.close())
  const application = await startApplication(t, framework, {
    ...others,
    adapter: { autoCreateUser: true, ...adapter },
    session: { strategy, ...session },
    oauth: [provider],
  })
  return { ...application, provider }
}

/** The key of somebody's account at a provider, as NextAuth asks for it. */
export const accountAt = ({ id }, { sub }) => ({ provider: id, providerAccountId: sub })
