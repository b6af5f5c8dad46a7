'use strict'

/**
 * The codes the API names for its statuses. It names none for 413, 502, 503
 * and 504 (a gateway often answers those), so the last four are this sandbox's
 * own words.
 *
 * @type {Readonly<Record<number, string>>}
 */
const CODE_BY_STATUS = Object.freeze({
  400: 'BAD_REQUEST',
  401: 'NOT_AUTHENTICATED',
  402: 'NO_SUBSCRIPTION',
  403: 'NOT_AUTHORIZED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  413: 'PAYLOAD_TOO_LARGE',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
})

/**
 * @typedef {object} Answer
 * @property {number} status HTTP status
 * @property {Record<string, string>} headers beyond content-type and content-length
 * @property {unknown} [json] the body, when it is JSON
 * @property {string} [text] the body, when it is not
 * @property {string} [contentType] default `application/json; charset=utf-8`
 */

/** An error the API answers with, as `{message, code}` and a status. */
class ApiError extends Error {
  /**
   * @param {number} status HTTP status
   * @param {string} message
   * @param {{code?: string, headers?: Record<string, string>}} [details] code defaults to the one the API uses for this status
   */
  constructor(status, message, { code = CODE_BY_STATUS[status] ?? 'GENERIC_ERROR', headers } = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.headers = { ...headers }
  }

  /** @returns {Answer} */
  toAnswer() {
    return {
      status: this.status,
      headers: this.headers,
      json: { message: this.message, code: this.code },
    }
  }
}

const badRequest = (message) => new ApiError(400, message)
const conflict = () => new ApiError(409, 'Unique constraint violation')

const notAuthorized = (message = 'Not authorized') =>
  new ApiError(403, message, { headers: { 'x-failure-code': CODE_BY_STATUS[403] } })

/** An exception of the platform's own code. */
const genericError = (message) => new ApiError(500, message, { code: 'GENERIC_ERROR' })

/** What the database refuses, other than a violated uniqueness. */
const systemError = () => genericError('System error occurred')

module.exports = { ApiError, badRequest, conflict, genericError, notAuthorized, systemError }
