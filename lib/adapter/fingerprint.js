'use strict'

const { keepCause } = require('../native/causes.js')

/**
 * The application's rule for fingerprints as the native code calls it. It never throws, and answers with
 * a JSON text: src/binding/fingerprint.rs reads it.
 *
 * @param {(email: string) => string} rule
 */
function fingerprintFunction(rule) {
  return (email) => {
    try {
      const value = rule(email)
      // One that rejects would end the process: nobody else looks at it.
      if (typeof value?.then === 'function') Promise.resolve(value).catch(() => {})
      return JSON.stringify(typeof value === 'string' ? { value } : {})
    } catch (thrown) {
      // What was thrown may hold the address, so it stays in the cause.
      return JSON.stringify({ cause: keepCause(thrown) })
    }
  }
}

module.exports = { fingerprintFunction }
