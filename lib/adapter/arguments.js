'use strict'

const { isDate } = require('node:util').types
const { Invalid, identifier, json } = require('../arguments.js')

// How the adapter's methods read what NextAuth hands over. Each reader returns what crosses to the
// native code, or null for what cannot be found.

function object(name, value) {
  if (typeof value === 'object' && value !== null) return value
  throw new Invalid(`${name} has to be an object`)
}

/** A text to show: a broken character in a profile is replaced rather than refused. */
function label(name, value) {
  if (value === undefined || value === null) return value
  if (typeof value !== 'string') throw new Invalid(`${name} has to be a string or null`)
  return value.toWellFormed()
}

/** A Date, of whatever realm, as epoch milliseconds. */
function time(name, value) {
  if (value === undefined || value === null) return value
  const milliseconds = isDate(value) ? Date.prototype.getTime.call(value) : Number.NaN
  if (Number.isNaN(milliseconds)) throw new Invalid(`${name} has to be a valid Date or null`)
  return milliseconds
}

function end(value) {
  const milliseconds = time('expires', value)
  if (typeof milliseconds !== 'number') throw new Invalid('expires has to be a valid Date')
  return milliseconds
}

/** The members of a user that can be stored. Whatever else NextAuth passes is left out. */
function userMembers(value, userFields) {
  const { email, emailVerified, name, image } = object('the user', value)
  const fields = userFields.map((field) => [field, value[field]])
  return {
    fields: Object.fromEntries(fields.filter(([, it]) => it !== undefined)),
    email: email === undefined || email === null ? email : identifier('email', email),
    emailVerified: time('emailVerified', emailVerified),
    name: label('name', name),
    image: label('image', image),
  }
}

/** A reader of one text. */
function text(name) {
  return (value) => [identifier(name, value)]
}

function user(userFields) {
  return (value) => [json(userMembers(value, userFields))]
}

function userChanges(userFields) {
  return (value) => [json({ ...userMembers(value, userFields), id: identifier('id', value.id) })]
}

function verificationToken(value) {
  const { identifier: address, token, expires } = object('the token', value)
  const milliseconds = end(expires)
  return [
    json({
      identifier: identifier('identifier', address),
      token: identifier('token', token),
      expires: milliseconds,
    }),
  ]
}

function session(value) {
  const { sessionToken, userId, expires } = object('the session', value)
  const milliseconds = end(expires)
  return [
    json({
      sessionToken: identifier('sessionToken', sessionToken),
      userId: identifier('userId', userId),
      expires: milliseconds,
    }),
  ]
}

function sessionChanges(value) {
  const { sessionToken, userId, expires } = object('the session', value)
  return [
    json({
      sessionToken: identifier('sessionToken', sessionToken),
      userId: userId === undefined || userId === null ? undefined : identifier('userId', userId),
      expires: time('expires', expires),
    }),
  ]
}

/** An account's id at its provider. Some providers' are numbers, which are their text here. */
function providerAccountIdOf(value) {
  const isNumber = typeof value === 'bigint' || Number.isFinite(value)
  return identifier('providerAccountId', isNumber ? String(value) : value)
}

/** What names an account at a provider. */
function accountName(value) {
  const { provider, providerAccountId } = object('the account', value)
  return [
    json({
      provider: identifier('provider', provider),
      providerAccountId: providerAccountIdOf(providerAccountId),
    }),
  ]
}

/** An account with all fields from the provider. */
function account(value) {
  const { providerAccountId } = object('the account', value)
  if (typeof providerAccountId === 'string') return [json(value)]
  return [json({ ...value, providerAccountId: providerAccountIdOf(providerAccountId) })]
}

function authenticator(value) {
  return [json(object('the authenticator', value))]
}

function credentialAndCounter(credentialID, counter) {
  const id = identifier('credentialID', credentialID)
  if (Number.isSafeInteger(counter) && counter >= 0) return [id, counter]
  throw new Invalid('the counter has to be a whole number')
}

/** A session token out of a cookie; null when it cannot be one that was ever made. */
function sessionToken(value) {
  return typeof value === 'string' && value !== '' && value.isWellFormed() ? [value] : null
}

/**
 * A token that somebody presents; null when it cannot be one that was ever made. It comes from a URL:
 * `?email=a&email=b` is an array by the time it arrives here.
 */
function presentedToken(value) {
  const { identifier: address, token } = value ?? {}
  const isText = (it) => typeof it === 'string' && it.isWellFormed()
  return isText(address) && isText(token) ? [json({ identifier: address, token })] : null
}

module.exports = {
  account,
  accountName,
  authenticator,
  credentialAndCounter,
  presentedToken,
  session,
  sessionChanges,
  sessionToken,
  text,
  user,
  userChanges,
  verificationToken,
}
