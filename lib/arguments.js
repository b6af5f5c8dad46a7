'use strict'

const { isDate } = require('node:util').types
const { ChatBotKitError } = require('./error.js')

// What NextAuth hands over, checked and turned into plain data for the native code. A lone
// surrogate cannot cross as text without becoming another text, so it is never let through.

function invalid(operation, what) {
  return new ChatBotKitError('ERR_INVALID_ARGUMENT', `${operation} failed: ${what}`, { operation })
}

/** What `look` sees in an argument: a getter, a proxy or a toJSON that throws is a wrong argument. */
function guarded(operation, look) {
  try {
    return look()
  } catch (cause) {
    if (cause instanceof ChatBotKitError) throw cause
    const details = { operation, cause }
    const message = `${operation} failed: the argument cannot be read`
    throw new ChatBotKitError('ERR_INVALID_ARGUMENT', message, details)
  }
}

/** A text that identifies something. */
function identifier(operation, name, value) {
  if (typeof value !== 'string') throw invalid(operation, `${name} has to be a string`)
  if (!value.isWellFormed()) throw invalid(operation, `${name} is not well-formed Unicode`)
  return value
}

function record(operation, name, value) {
  if (typeof value === 'object' && value !== null) return value
  throw invalid(operation, `${name} has to be an object`)
}

/** Plain data as the JSON text that crosses to the native code. */
function json(operation, value) {
  const text = guarded(operation, () => JSON.stringify(value))
  if (typeof text === 'string') return text
  throw invalid(operation, 'the argument cannot be written as JSON')
}

/** A text to show: a broken character in a profile is replaced rather than refused. */
function label(operation, name, value) {
  if (value === undefined || value === null) return value
  if (typeof value !== 'string') throw invalid(operation, `${name} has to be a string or null`)
  return value.toWellFormed()
}

/** A Date, of whatever realm, as epoch milliseconds. */
function time(operation, name, value) {
  if (value === undefined || value === null) return value
  const milliseconds = isDate(value) ? Date.prototype.getTime.call(value) : Number.NaN
  if (Number.isNaN(milliseconds)) throw invalid(operation, `${name} has to be a valid Date or null`)
  return milliseconds
}

/** The members of a user that can be stored. Whatever else NextAuth passes is left out. */
function user(operation, value) {
  const { email, emailVerified, name, image } = record(operation, 'the user', value)
  return {
    email: email === undefined || email === null ? email : identifier(operation, 'email', email),
    emailVerified: time(operation, 'emailVerified', emailVerified),
    name: label(operation, 'name', name),
    image: label(operation, 'image', image),
  }
}

function userChanges(operation, value) {
  return { ...user(operation, value), id: identifier(operation, 'id', value.id) }
}

function verificationToken(operation, value) {
  const { identifier: address, token, expires } = record(operation, 'the token', value)
  const end = time(operation, 'expires', expires)
  if (typeof end !== 'number') throw invalid(operation, 'expires has to be a valid Date')
  return {
    identifier: identifier(operation, 'identifier', address),
    token: identifier(operation, 'token', token),
    expires: end,
  }
}

function session(operation, value) {
  const { sessionToken, userId, expires } = record(operation, 'the session', value)
  const end = time(operation, 'expires', expires)
  if (typeof end !== 'number') throw invalid(operation, 'expires has to be a valid Date')
  return {
    sessionToken: identifier(operation, 'sessionToken', sessionToken),
    userId: identifier(operation, 'userId', userId),
    expires: end,
  }
}

function sessionChanges(operation, value) {
  const { sessionToken, userId, expires } = record(operation, 'the session', value)
  return {
    sessionToken: identifier(operation, 'sessionToken', sessionToken),
    userId:
      userId === undefined || userId === null ? undefined : identifier(operation, 'userId', userId),
    expires: time(operation, 'expires', expires),
  }
}

/** What names an account at a provider. */
function account(operation, value) {
  const { provider, providerAccountId } = record(operation, 'the account', value)
  return {
    provider: identifier(operation, 'provider', provider),
    providerAccountId: identifier(operation, 'providerAccountId', providerAccountId),
  }
}

function counter(operation, value) {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw invalid(operation, 'the counter has to be a whole number')
}

/** A session token out of a cookie, or null when it cannot be one that was ever made. */
function token(value) {
  return typeof value === 'string' && value !== '' && value.isWellFormed() ? value : null
}

/**
 * A token that somebody presents, or null when it cannot be one that was ever made. It comes from
 * a URL: `?email=a&email=b` is an array by the time it arrives here.
 */
function presentedToken(value) {
  const { identifier: address, token } = value ?? {}
  const isText = (it) => typeof it === 'string' && it.isWellFormed()
  return isText(address) && isText(token) ? { identifier: address, token } : null
}

const checks = {
  account,
  counter,
  identifier,
  json,
  presentedToken,
  record,
  session,
  sessionChanges,
  token,
  user,
  userChanges,
  verificationToken,
}

for (const name of [
  'user',
  'userChanges',
  'verificationToken',
  'session',
  'sessionChanges',
  'account',
]) {
  const check = checks[name]
  checks[name] = (operation, value) => guarded(operation, () => check(operation, value))
}
checks.presentedToken = (value) => guarded('useVerificationToken', () => presentedToken(value))

module.exports = checks
