'use strict'

const assert = require('node:assert/strict')

const { ChatBotKitError } = require('../..')

/**
 * For `assert.rejects` and `assert.throws`: the package's own error with that code, its other
 * members as given.
 */
function failure(code, members = {}) {
  return (error) => {
    assert.ok(error instanceof ChatBotKitError, `not a ChatBotKitError but ${error?.stack}`)
    assert.equal(error.name, 'ChatBotKitError')
    assert.equal(error.code, code, error.message)
    assert.equal(typeof error.retryable, 'boolean')
    for (const [name, value] of Object.entries(members)) {
      if (value instanceof RegExp) assert.match(error[name], value)
      else assert.equal(error[name], value, `${name}: ${error.message}`)
    }
    return true
  }
}

module.exports = { failure }
