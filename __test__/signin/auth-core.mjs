/** Auth.js as `@auth/core` runs it, behind Node's http. */
import { readFileSync } from 'node:fs'
import { Auth } from '@auth/core'
import { serve } from '../../examples/quickstart/server.mjs'

const { devDependencies } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

export const name = `@auth/core ${devDependencies['@auth/core']}`

/** For processes that start this framework themselves. */
export const module = import.meta.url

export const basePath = '/auth'
export const sessionCookie = 'authjs.session-token'

/** What `?error=` says. Auth.js tells browsers only what is safe to tell. */
export const errors = {
  wrongCode: 'Verification',
  refusedPerson: 'Configuration',
  apiDown: 'Configuration',
  notLinked: 'OAuthAccountNotLinked',
  refusedAtProvider: 'Configuration',
  declined: 'OAuthCallbackError',
  forged: 'Configuration',
}

/** A provider's entry in `providers`. */
export function oauth({ kind, endpoints, ...common }) {
  if (kind === 'oidc') return { ...common, type: 'oidc', checks: ['pkce', 'state', 'nonce'] }
  const { authorization: url, ...others } = endpoints
  const authorization = { url, params: { scope: 'profile email' } }
  return { ...common, ...others, type: 'oauth', authorization, checks: ['pkce', 'state'] }
}

/**
 * @param {object} config
 * @param {(handler: Function) => Function} [wrap] what is put in front
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export function start(config, wrap = (handler) => handler) {
  const options = { ...config, basePath, trustHost: true }
  return serve(wrap((request) => Auth(request, options)))
}
