'use strict'

const { integer } = require('../option-checks.js')

/**
 * The longest that a call may be allowed to take, in milliseconds. Records of what was redeemed,
 * unlinked or changed stay for ten seconds: longer than a write goes on being repeated.
 */
const TIMEOUT_LIMIT = 8_000

/** The check of a time-out. */
const callTimeout = integer(1, TIMEOUT_LIMIT, 'milliseconds')

module.exports = { callTimeout }
