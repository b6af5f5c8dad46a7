'use strict'

const { isDate } = require('node:util').types
const { ChatBotKitError } = require('../error.js')

// What NextAuth hands over, checked and turned into what crosses to the native code: texts, numbers,
// and JSON texts of plain data. A lone surrogate cannot cross as text without becoming another text,
// so it is never let through.

/** What is wrong with an argument. */
class Invalid extends Error {
  #brand

  /** Unlike instanceof, asks nothing of what was thrown: a revoked proxy throws when it is asked. */
  static is(thrown) {
    return typeof thrown === 'object' && thrown !== null && #brand in thrown
  }
}

/**
 * The arguments of `operation` as they cross; null when they are nothing that could be found.
 *
 * @param {string} operation
 * @param {(...args: any[]) => unknown[] | null} read one of those below
 * @param {unknown[]} args
 */
function readArguments(operation, read, args) {
  try {
    return read(...args)
  } catch (cause) {
    // A getter, a proxy or a toJSON that throws is a wrong argument.
    const [what, details] = Invalid.is(cause)
      ? [cause.message, { operation }]
      : ['the argument cannot be read', { operation, cause }]
    throw new ChatBotKitError('ERR_INVALID_ARGUMENT', `${operation} failed: ${what}`, details)
  }
}

/** Plain data as the JSON text that crosses. */
function json(value) {
  const text = JSON.stringify(value)
  if (typeof text === 'string') return text
  throw new Invalid('the argument cannot be written as JSON')
}

/** A text that identifies something. */
function identifier(name, value) {
  if (typeof value !== 'string') throw new Invalid(`${name} has to be a string`)
  if (!value.isWellFormed()) throw new Invalid(`${name} is not well-formed Unicode`)
  return value
}

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
function userMembers(value) {
  const { email, emailVerified, name, image } = object('the user', value)
  return {
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

function user(value) {
  return [json(userMembers(value))]
}

function userChanges(value) {
  return [json({ ...userMembers(value), id: identifier('id', value.id) })]
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

/** What names an account at a provider. */
function accountName(value) {
  const { provider, providerAccountId } = object('the account', value)
  return [
    json({
      provider: identifier('provider', provider),
      providerAccountId: identifier('providerAccountId', providerAccountId),
    }),
  ]
}

/** A reader of an object whose members are the framework's own affair. */
function record(name) {
  return (value) => [json(object(name, value))]
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
  readArguments,
  accountName,
  credentialAndCounter,
  presentedToken,
  record,
  session,
  sessionChanges,
  sessionToken,
  text,
  user,
  userChanges,
  verificationToken,
}
