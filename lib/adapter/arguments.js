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

/** What a new user gets beside what NextAuth knows. */
function extras(value) {
  const { description, limits, meta } = object('what a new user gets', value)
  return {
    description: label('description', description),
    limits: plainObject('limits', limits),
    meta: plainObject('meta', meta),
  }
}

function plainObject(name, value) {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw new Invalid(`${name} has to be an object`)
}

/** A new user, with what `newUser` of the options gives everybody, or this one. */
function newUser(userFields, given) {
  return (value) => {
    const members = userMembers(value, userFields)
    const own = typeof given === 'function' ? given(profileOf(value)) : given
    return [json(own === undefined || own === null ? members : { ...extras(own), ...members })]
  }
}

const profileOf = ({ email, emailVerified, name, image }) => ({ email, emailVerified, name, image })

const INVITATION_SECONDS = 30 * 24 * 60 * 60
const LONGEST_INVITATION = 10 * 365 * 24 * 60 * 60

function invitation(value) {
  const { email, name, expiresIn = INVITATION_SECONDS } = object('the invitation', value)
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > LONGEST_INVITATION) {
    throw new Invalid(`expiresIn has to be whole seconds, from 1 to ${LONGEST_INVITATION}`)
  }
  const members = { email: identifier('email', email), name: label('name', name) }
  return [json({ ...extras(value), ...members, expiresIn: expiresIn * 1_000 })]
}

function approval(address, changes = {}) {
  const { name } = object('what is changed', changes)
  const members = { email: identifier('email', address), name: label('name', name) }
  return [json({ ...extras(changes), ...members })]
}

function limits(userId, value) {
  if (value === undefined) throw new Invalid('limits has to be an object, or null to clear them')
  return [identifier('userId', userId), json(plainObject('limits', value) ?? null)]
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

/** The longest label of a session, in characters. It stands on a page, in a list. */
const LABEL_LIMIT = 200

/** What the application calls a session. */
function sessionLabel(value) {
  const text = label('label', value)
  if (text && text.length > LABEL_LIMIT) {
    throw new Invalid(`label has to have at most ${LABEL_LIMIT} characters`)
  }
  return text ?? undefined
}

function session(value) {
  const { sessionToken, userId, expires, label: name } = object('the session', value)
  const milliseconds = end(expires)
  return [
    json({
      sessionToken: identifier('sessionToken', sessionToken),
      userId: identifier('userId', userId),
      expires: milliseconds,
      label: sessionLabel(name),
    }),
  ]
}

function sessionChanges(value) {
  const { sessionToken, userId, expires, label: name } = object('the session', value)
  return [
    json({
      sessionToken: identifier('sessionToken', sessionToken),
      userId: userId === undefined || userId === null ? undefined : identifier('userId', userId),
      expires: time('expires', expires),
      label: sessionLabel(name),
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

/** A user, and the session that asks, if that is known. */
function userAndToken(userId, currentToken) {
  const isGiven = currentToken !== undefined && currentToken !== null
  const token = isGiven ? identifier('currentToken', currentToken) : undefined
  return [identifier('userId', userId), token]
}

/** A user, and the session that stays. Without it all would end. */
function userAndCurrentToken(userId, currentToken) {
  const token = identifier('currentToken', currentToken)
  if (token === '') throw new Invalid('currentToken has to be the token of a session')
  return [identifier('userId', userId), token]
}

function userAndSession(userId, id) {
  return [identifier('userId', userId), identifier('id', id)]
}

/** The longest life of a session at the API, in seconds: nobody can end it. */
const API_SESSION_LIMIT = 86_400

const API_SESSION_OPTIONS = ['expiresIn', 'allowedRoutes', 'contactId']

/** A sub-account, and what its session at the API is to be. */
function apiSession(userId, options = {}) {
  const given = object('options', options)
  const unknown = Object.keys(given).find((name) => !API_SESSION_OPTIONS.includes(name))
  if (unknown) throw new Invalid(`there is no option "${unknown}"`)
  const { expiresIn, allowedRoutes, contactId } = given
  const isTime = Number.isInteger(expiresIn) && expiresIn >= 1 && expiresIn <= API_SESSION_LIMIT
  if (expiresIn !== undefined && !isTime) {
    throw new Invalid(`expiresIn has to be a whole number of seconds up to ${API_SESSION_LIMIT}`)
  }
  return [
    identifier('userId', userId),
    json({
      expiresIn,
      allowedRoutes: allowedRoutes === undefined ? undefined : routes(allowedRoutes),
      contactId: contactId === undefined ? undefined : idOf('contactId', contactId),
    }),
  ]
}

/** Globs of the API's routes. None at all would allow nothing, which nobody makes a session for. */
function routes(value) {
  const isRoute = (it) => typeof it === 'string' && it.isWellFormed() && it.trim() !== ''
  if (Array.isArray(value) && value.length > 0 && value.every(isRoute)) return value
  throw new Invalid('allowedRoutes has to be an array of routes, with one at least')
}

function idOf(name, value) {
  const id = identifier(name, value)
  if (/^[\w-]{1,128}$/.test(id)) return id
  throw new Invalid(`${name} is not an id`)
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
  apiSession,
  authenticator,
  credentialAndCounter,
  approval,
  invitation,
  limits,
  newUser,
  idOf,
  presentedToken,
  session,
  sessionChanges,
  sessionToken,
  text,
  user,
  userAndCurrentToken,
  userAndSession,
  userAndToken,
  userChanges,
  verificationToken,
}
