'use strict'

function ignore() {}

/**
 * A promise that may reject before anybody looks at it: Auth.js calls the sender of a code and then
 * waits for something else. Without this, the process ends with an unhandled rejection. Whoever waits
 * for the promise gets its error all the same.
 *
 * @template T
 * @param {Promise<T>} promise
 */
function handled(promise) {
  promise.catch(ignore)
  return promise
}

module.exports = { handled }
