'use strict'

const { TOO_LARGE, lastOf, parseBody, readText } = require('./body.js')

/** Whether this is a Request of the web, in whatever realm or wrapping. */
function isWebRequest(value) {
  return typeof value?.headers?.get === 'function' && typeof value.url === 'string'
}

/**
 * What the guard asks of a Request of the web.
 *
 * @param {Request} request
 * @param {any} [context] what Next.js gives routes: `params`, or a promise of them
 */
async function readWebRequest(request, context) {
  const url = new URL(request.url)
  const header = (name) => request.headers.get(name)
  const parameters = (await context?.params)?.nextauth
  return {
    method: request.method,
    paths: [url.pathname, Array.isArray(parameters) ? parameters.join('/') : undefined],
    path: url.pathname,
    header,
    origin: originOf(header('origin')) ?? url.origin,
    email: lastOf(url.searchParams.getAll('email')),
    readBody: () => readBody(request),
    answer: ({ status, headers, body }) => new Response(body || null, { status, headers }),
  }
}

/** The body, of a copy: NextAuth reads the request's own. */
async function readBody(request) {
  // Somebody read it before: NextAuth will say so.
  if (!request.body || request.bodyUsed) return undefined
  const text = await readText(request.clone().body)
  return text === TOO_LARGE ? TOO_LARGE : parseBody(request.headers.get('content-type'), text)
}

/** The origin that a browser's script runs in, which behind a proxy the server need not know. */
function originOf(value) {
  return /^https?:\/\/[^/]+$/.test(value ?? '') && URL.canParse(value) ? value : undefined
}

module.exports = { isWebRequest, originOf, readWebRequest }
