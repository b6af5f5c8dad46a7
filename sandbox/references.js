'use strict'

const { badRequest } = require('./errors')

/**
 * @param {string} reference the `{…Id}` of a path, percent-encoded
 * @returns {string}
 * @throws {import('./errors').ApiError} 400 when it is no percent-encoding
 */
function decodeReference(reference) {
  try {
    return decodeURIComponent(reference)
  } catch {
    throw badRequest('Malformed id')
  }
}

module.exports = { decodeReference }
