'use strict'

const { badRequest } = require('../errors')

const PUNCTUATION = /[\s().-]/g
const INTERNATIONAL = /^\+[1-9]\d{6,14}$/
const NORTH_AMERICAN = /^\+1[2-9]\d{2}[2-9]\d{6}$/

/**
 * A phone number in E.164; one without a prefix is a US number. The API asks libphonenumber,
 * which knows the numbers of each country: this knows the form, and those of North America.
 *
 * @param {string} text
 * @param {string} name of the member, for the error
 * @returns {string}
 * @throws {import('../errors').ApiError} 400
 */
function phoneNumber(text, name) {
  const digits = text.replace(PUNCTUATION, '')
  const number = digits.startsWith('+') ? digits : `+1${digits.replace(/^1/, '')}`
  const form = number.startsWith('+1') ? NORTH_AMERICAN : INTERNATIONAL
  if (!form.test(number)) throw badRequest(`"${name}" did not seem to be a phone number`)
  return number
}

module.exports = { phoneNumber }
