'use strict'

/** What may stand before a route of NextAuth, so that it can be sent back to a browser. */
const BASE = /^(?:\/[\w.~-]+)*$/

const DEFAULT_BASE = '/api/auth'

/**
 * What a request asks of NextAuth: `code` or `attempt`; undefined for everything else.
 *
 * The frameworks differ in what they let pass: Auth.js ignores empty segments and takes anything that
 * begins with its base, next-auth v4 gets decoded parameters. What one of them takes is taken here.
 *
 * @param {string} method
 * @param {(string | undefined)[]} paths where the route may stand
 * @param {string[]} providers ids of the providers that send codes
 * @returns {'code' | 'attempt' | undefined}
 */
function actionOf(method, paths, providers) {
  for (const path of paths) {
    const { action, provider } = routeIn(path)
    if (!providers.includes(provider)) continue
    if (action === 'signin' && method === 'POST') return 'code'
    if (action === 'callback' && (method === 'GET' || method === 'POST')) return 'attempt'
  }
}

function routeIn(path) {
  const [, base, action, provider] =
    /^(.*?)(signin|callback)\/+([^/]+)\/*$/s.exec(decoded(path ?? '')) ?? []
  return { base, action, provider }
}

function decoded(path) {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** NextAuth's own sign-in page, which leads to the application's where there is one. */
function signInPageAt(path) {
  const base = routeIn(path).base?.replace(/\/+/g, '/').replace(/\/$/, '')
  return `${base !== undefined && BASE.test(base) ? base : DEFAULT_BASE}/signin`
}

/** NextAuth's own rule: what it makes one address of is counted as one. */
function normaliseIdentifier(value) {
  const [local, ...domain] = value.normalize('NFKC').toLowerCase().trim().split('@')
  return [local, domain.join('@').split(',')[0]].join('@')
}

module.exports = { actionOf, normaliseIdentifier, signInPageAt }
