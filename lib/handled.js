'use strict'

function ignore() {}

/**
 * A promise that may reject before anybody looks at it: Auth.js calls the sender of a code and then
 * waits for something else. Without this, the process ends with an unhandled rejection. Whoever waits
 * for the promise gets its error all the same.
 *
 * The promise is marked as handled only once it has failed: with a second reaction from the beginning,
 * the error's stack would not reach its caller (V8 follows a promise that one function waits for).
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function handled(promise) {
  const result = promise.catch((error) => {
    // Before Node looks for rejections that nobody handles. A context of node:vm has no queueMicrotask.
    Promise.resolve().then(() => result.catch(ignore))
    throw error
  })
  return result
}

module.exports = { handled }
