'use strict'

/** What `error=` says on the sign-in page. */
const ERROR = 'RateLimited'

/**
 * The answer to a request that is refused, in either world.
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string>} headers
 * @property {string} body
 */

/**
 * @param {object} request
 * @param {(name: string) => string | null | undefined} request.header
 * @param {Record<string, unknown>} [request.body]
 * @param {string} request.origin
 * @param {string} signInPage
 * @param {number} seconds after which to ask again
 * @returns {Answer}
 */
function refusalOf({ header, body, origin }, signInPage, seconds) {
  const query = new URLSearchParams({ error: ERROR, retryAfter: String(seconds) })
  const page = `${signInPage}${signInPage.includes('?') ? '&' : '?'}${query}`
  const headers = { 'cache-control': 'no-store', 'retry-after': String(seconds) }
  if (isNavigation(header, body)) {
    return { status: 303, headers: { ...headers, location: page }, body: '' }
  }
  // `url` is what the signIn() of next-auth/react reads, in both versions.
  const url = new URL(page, origin).href
  const message = `Too many requests. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
  return {
    status: 429,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ error: ERROR, message, retryAfter: seconds, url }),
  }
}

/** Whether a browser will show the answer, rather than a script read it. */
function isNavigation(header, body) {
  // How the signIn() of next-auth/react asks: v5 by the header, v4 by the field.
  if (header('x-auth-return-redirect') || String(body?.json) === 'true') return false
  const mode = header('sec-fetch-mode')
  return mode ? mode === 'navigate' : (header('accept') ?? '').includes('text/html')
}

/** A body that is longer than anything that NextAuth is sent. */
const BODY_TOO_LARGE = {
  status: 413,
  headers: { 'content-type': 'text/plain', connection: 'close' },
  body: 'The body is too large.\n',
}

module.exports = { BODY_TOO_LARGE, refusalOf }
