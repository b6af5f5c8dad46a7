/**
 * next-auth v4 as Next's Pages Router runs it.
 *
 * The server around it is made of Next's own parts rather than of look-alikes: `apiResolver` is the function
 * that gives `pages/api/**` their `req.cookies`, `req.body`, `res.json` and so on. Only what comes before it
 * in Next is done here: taking the catch-all parameter from the path, and the x-forwarded-* headers.
 * A whole Next application would add a build of half a minute and no line of next-auth or of the adapter.
 * The path into `next/dist` is no public interface; the lock file beside package.json pins it.
 */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { listen } from '../../testing/listening.mjs'

const require = createRequire(new URL('nextauth-v4/package.json', import.meta.url))
const { apiResolver } = require('next/dist/server/api-utils/node/api-resolver.js')
const { default: NextAuth } = require('next-auth')

export const name = `next-auth ${require('./package.json').dependencies['next-auth']}`

/** For processes that start this framework themselves. */
export const module = import.meta.url

export const basePath = '/api/auth'
export const sessionCookie = 'next-auth.session-token'

/** What `?error=` says. */
export const errors = {
  wrongCode: 'Verification',
  refusedPerson: 'EmailCreateAccount',
  apiDown: 'Callback',
  notLinked: 'OAuthAccountNotLinked',
  refusedAtProvider: 'OAuthCreateAccount',
  declined: 'Callback',
  forged: 'OAuthCallback',
}

/** A provider's entry in `providers`. v4 calls OpenID Connect OAuth with an id_token. */
export function oauth({ kind, endpoints, ...common }) {
  if (kind === 'oidc') {
    return {
      ...common,
      type: 'oauth',
      wellKnown: `${common.issuer}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid profile email' } },
      checks: ['pkce', 'state', 'nonce'],
    }
  }
  const { authorization: url, ...others } = endpoints
  const authorization = { url, params: { scope: 'profile email' } }
  return { ...common, ...others, type: 'oauth', authorization, checks: ['pkce', 'state'] }
}

// Without it next-auth v4 takes its origin from NEXTAUTH_URL, which many servers in one process cannot share.
process.env.AUTH_TRUST_HOST = '1'

/**
 * @param {object} config
 * @param {(handler: Function) => Function} [wrap] what is put in front
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function start(config, wrap = (handler) => handler) {
  // pages/api/auth/[...nextauth].js
  const route = { default: wrap((req, res) => NextAuth(req, res, config)) }

  const server = createServer(async (req, res) => {
    const url = new URL(req.url, 'http://localhost')
    req.headers['x-forwarded-host'] ??= req.headers.host
    req.headers['x-forwarded-proto'] ??= 'http'
    const query = {
      ...Object.fromEntries(url.searchParams),
      nextauth: url.pathname.slice(basePath.length + 1).split('/'),
    }
    await apiResolver(req, res, query, route, {}, false, false, '/api/auth/[...nextauth]')
  })
  const { port, close } = await listen(server, 'localhost')
  return { origin: `http://localhost:${port}`, close }
}
