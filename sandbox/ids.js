'use strict'

const { randomBytes } = require('node:crypto')

const BASE = 36
const COUNTER_LENGTH = 4
const COUNTER_LIMIT = BASE ** COUNTER_LENGTH
const RANDOM_LENGTH = 12
const TIME_LENGTH = 8

let counter = 0

/**
 * A fresh cuid-like id: `c`, the time, a counter and 12 random characters, all
 * lower-case letters and digits. Ids sort in the order they were made, as real
 * cuids do; `list` orders by createdAt and then id, so several users made
 * within one millisecond still come newest first.
 *
 * @returns {string} 25 characters
 */
function freshId() {
  const time = Date.now().toString(BASE).padStart(TIME_LENGTH, '0').slice(-TIME_LENGTH)
  const count = counter.toString(BASE).padStart(COUNTER_LENGTH, '0')
  counter = (counter + 1) % COUNTER_LIMIT
  const random = Array.from(randomBytes(RANDOM_LENGTH), (byte) => (byte % BASE).toString(BASE))
  return `c${time}${count}${random.join('')}`
}

module.exports = { freshId }
