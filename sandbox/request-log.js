'use strict'

const REQUESTS_KEPT = 10_000

/**
 * One request, listed from the moment its body has been read.
 *
 * @typedef {object} RequestEntry
 * @property {string} method
 * @property {string} path as sent, without query
 * @property {import('./routes').RouteName | null} route null for an unknown path
 * @property {import('./routes').Generation | null} generation the one asked for, served or not; null for routes that are not of users
 * @property {Record<string, string>} query of a repeated key, the last value
 * @property {import('node:http').IncomingHttpHeaders} headers authorization redacted
 * @property {unknown} body parsed JSON, else the text; undefined without a body
 * @property {number | null} status null while there is no answer, and when there never was one
 * @property {number} at when it arrived, epoch milliseconds
 * @property {string | null} fault the type of the fault that hit it
 */

/** The newest 10 000 requests, oldest first. */
class RequestLog {
  /** @type {RequestEntry[]} */
  entries = []

  /** @param {RequestEntry} entry */
  add(entry) {
    this.entries.push(entry)
    if (this.entries.length > REQUESTS_KEPT) this.entries.shift()
  }

  clear() {
    this.entries.length = 0
  }
}

/**
 * The headers as they are kept: without the secret, and with it goes whatever
 * else stood in its place.
 *
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @returns {import('node:http').IncomingHttpHeaders}
 */
function redacted(headers) {
  return headers.authorization === undefined
    ? { ...headers }
    : { ...headers, authorization: 'Bearer ***' }
}

module.exports = { REQUESTS_KEPT, RequestLog, redacted }
