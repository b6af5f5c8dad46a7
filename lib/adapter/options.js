'use strict'

const { isLogger } = require('./logger.js')
const {
  readOptions,
  flag,
  integer,
  keyPrefix,
  oneOf,
  optional,
  text,
} = require('../option-checks.js')

const MAX_U32 = 4_294_967_295

/** The longest that one attempt may take, in milliseconds. */
const TIMEOUT_LIMIT = 30_000

/** Headers that the client sets itself. */
const OWN_HEADERS = [
  'authorization',
  'host',
  'accept',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'user-agent',
]

/** What a user has already, and where the adapter keeps data of its own. */
const USER_MEMBERS = [
  ...['id', 'email', 'emailVerified', 'name', 'image', 'createdAt', 'updatedAt'],
  ...['description', 'limits', 'meta', 'nextauth'],
]

const CONTACT_MEMBERS = [
  ...USER_MEMBERS,
  ...['fingerprint', 'verifiedAt', 'phone', 'nick', 'preferences', 'contact'],
]

/** What new users can be given. */
const NEW_USER_MEMBERS = ['limits', 'meta', 'description']

/** The options that all adapters have. */
const SHARED = {
  secret: optional(text),
  store: () => undefined, // lib/stores/resolve.js looks at it
  baseUrl: optional(text),
  timeout: integer(1, TIMEOUT_LIMIT, 'milliseconds'),
  retries: integer(0, 10),
  retryDelay: integer(0, 60_000, 'milliseconds'),
  headers,
  http2: flag,
  keyPrefix,
  cacheTtl: integer(0, 60_000, 'milliseconds'),
  userCacheTtl: integer(0, 3_600_000, 'milliseconds'),
  codeAttempts: integer(1, 100),
  lockAfter: integer(1, 100),
  lockFor: integer(1, MAX_U32, 'milliseconds'),
  seal: isSealing,
  previousSecrets: optional(secrets),
  logger: isLogger,
  newUser: isNewUser,
}

const PARTNER_OPTIONS = {
  ...SHARED,
  autoCreateUser: isAutoCreate,
  autoUpdateUser: flag,
  autoDeleteUser: flag,
  apiRoutes: oneOf('auto', 'partner', 'user'),
  userFields: fieldsBeside(USER_MEMBERS),
}

const CONTACT_OPTIONS = {
  ...SHARED,
  autoCreateContact: isAutoCreate,
  autoUpdateContact: flag,
  autoDeleteContact: flag,
  fingerprint: isFunction,
  userFields: fieldsBeside(CONTACT_MEMBERS),
}

/** A check of `userFields`, where users have `members` already. */
function fieldsBeside(members) {
  return (value) => {
    const isName = (name) => typeof name === 'string' && /^[A-Za-z]\w{0,63}$/.test(name)
    if (!Array.isArray(value) || !value.every(isName)) {
      return 'an array of names that begin with a letter: letters, digits and _'
    }
    const own = value.find((name) => members.includes(name) || name in Object.prototype)
    return own === undefined ? undefined : `fields other than ${own}, which users have already`
  }
}

function isAutoCreate(value) {
  const isOne = typeof value === 'boolean' || value === 'approval'
  return isOne ? undefined : 'true, false or "approval"'
}

/** As `createUser` will read it: a function is asked for each new user. */
function isNewUser(value) {
  if (typeof value === 'function') return undefined
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const isOne = isObject && Object.keys(value).every((name) => NEW_USER_MEMBERS.includes(name))
  return isOne ? undefined : `a function, or an object of ${NEW_USER_MEMBERS.join(', ')}`
}

function isSealing(value) {
  const isOne = typeof value === 'boolean' || value === 'migrate'
  return isOne ? undefined : 'true, false or "migrate"'
}

/** Secrets, some of which the environment may lack. */
function secrets(value) {
  const isSecret = (it) => it === undefined || it === null || typeof it === 'string'
  return Array.isArray(value) && value.every(isSecret) ? undefined : 'an array of strings'
}

function isFunction(value) {
  return typeof value === 'function' ? undefined : 'a function of an e-mail address'
}

function headers(value) {
  // A Headers or a Map has no members of its own, and would be lost without a word.
  const isRecord =
    Object.prototype.toString.call(value) === '[object Object]' &&
    Object.values(value).every((it) => typeof it === 'string')
  if (!isRecord) return 'an object whose values are strings'
  const own = Object.keys(value).find((name) => OWN_HEADERS.includes(name.toLowerCase()))
  return own === undefined ? undefined : `headers other than ${own}, which the adapter sets itself`
}

/**
 * The options of an adapter, checked. A missing secret, address or store is not refused, because
 * applications are built without them.
 *
 * @param {string} whose the adapter, for the message
 * @param {Record<string, (value: unknown) => string | undefined>} checks
 * @param {unknown} options
 */
function checkOptions(whose, checks, options) {
  return readOptions(whose, checks, options)
}

/** What the native adapter does not take. */
const OURS = ['store', 'logger', 'newUser']

/** The options of every adapter, as the native one takes them. */
function nativeOptions({ secret, baseUrl, seal, previousSecrets, autoCreate, ...options }) {
  const shared = Object.keys(SHARED).filter((name) => !OURS.includes(name))
  const rest = Object.fromEntries(shared.map((name) => [name, options[name]]))
  return {
    ...rest,
    secret: secret ?? undefined,
    baseUrl: baseUrl || undefined,
    autoCreateUser: { true: 'on', false: 'off' }[autoCreate] ?? autoCreate,
    seal: { true: 'on', false: 'off' }[seal] ?? seal,
    previousSecrets: previousSecrets?.filter((it) => it?.trim()),
  }
}

module.exports = { CONTACT_OPTIONS, PARTNER_OPTIONS, checkOptions, nativeOptions }
