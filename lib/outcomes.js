'use strict'

const { NativeOutcomes } = require('./native.js')
const { waitingCalls } = require('./waiting.js')

const { call, settle } = waitingCalls()

/** Where native objects hand over what comes of their calls. */
const outcomes = new NativeOutcomes(settle)

/**
 * Calls a method of a native object and promises what comes of it, as lib/outcome.js reads it.
 *
 * @param {object} native
 * @param {string} operation
 * @param {...unknown} args
 */
function ask(native, operation, ...args) {
  return call(native, operation, args)
}

module.exports = { ask, outcomes }
