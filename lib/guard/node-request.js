'use strict'

const { TOO_LARGE, lastOf, parseBody, readText } = require('./body.js')
const { originOf } = require('./web-request.js')

/**
 * What the guard asks of a request of Node: of Next's Pages Router, of Express, or of a plain server.
 *
 * @param {any} request
 * @param {import('node:http').ServerResponse} response
 */
function readNodeRequest(request, response) {
  // Express takes the path of a mounted handler away.
  const [path, search = ''] = String(request.originalUrl ?? request.url).split(/\?(.*)/s)
  const header = (name) => request.headers[name]
  const parameters = request.query?.nextauth
  return {
    method: request.method,
    paths: [path, Array.isArray(parameters) ? parameters.join('/') : undefined],
    path,
    header,
    origin: originOf(header('origin')) ?? originAt(request),
    email: lastOf(request.query?.email ?? new URLSearchParams(search).getAll('email')),
    readBody: () => readBody(request),
    answer: ({ status, headers, body }) => {
      response.writeHead(status, headers)
      response.end(body)
    },
  }
}

/** The origin that was asked, as far as the server knows. */
function originAt({ headers, socket }) {
  const isSecure = socket?.encrypted || /^https\b/.test(headers['x-forwarded-proto'] ?? '')
  return `${isSecure ? 'https' : 'http'}://${headers.host ?? 'localhost'}`
}

/**
 * The body, which stays where body parsers put theirs. What was read here cannot be read again, so it
 * is marked as body-parser marks it.
 */
async function readBody(request) {
  if (request.body !== undefined || request.readableEnded) return request.body
  const text = await readText(request)
  if (text === TOO_LARGE) return TOO_LARGE
  request.body = parseBody(request.headers['content-type'], text)
  request._body = true
  return request.body
}

module.exports = { readNodeRequest }
