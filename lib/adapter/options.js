'use strict'

const { isLogger } = require('./logger.js')
const {
  readOptions,
  flag,
  integer,
  invalid,
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

const OPTIONS = {
  secret: optional(text),
  store: () => undefined, // lib/stores/resolve.js looks at it
  autoCreateUser: flag,
  autoUpdateUser: flag,
  autoDeleteUser: flag,
  baseUrl: optional(text),
  apiRoutes: oneOf('auto', 'partner', 'user'),
  timeout: integer(1, TIMEOUT_LIMIT, 'milliseconds'),
  retries: integer(0, 10),
  retryDelay: integer(0, 60_000, 'milliseconds'),
  headers,
  keyPrefix,
  cacheTtl: integer(0, 60_000, 'milliseconds'),
  userCacheTtl: integer(0, 3_600_000, 'milliseconds'),
  codeAttempts: integer(1, 100),
  lockAfter: integer(1, 100),
  lockFor: integer(1, MAX_U32, 'milliseconds'),
  logger: isLogger,
  userFields,
}

/** What a user has already, and where the adapter keeps data of its own. */
const OWN_FIELDS = [
  ...['id', 'email', 'emailVerified', 'name', 'image', 'createdAt', 'updatedAt'],
  ...['description', 'limits', 'meta', 'nextauth'],
]

function userFields(value) {
  const isName = (name) => typeof name === 'string' && /^[A-Za-z]\w{0,63}$/.test(name)
  if (!Array.isArray(value) || !value.every(isName)) {
    return 'an array of names that begin with a letter: letters, digits and _'
  }
  const own = value.find((name) => OWN_FIELDS.includes(name) || name in Object.prototype)
  return own === undefined ? undefined : `fields other than ${own}, which users have already`
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
 * The options of an adapter, checked. A missing secret or address is not refused, because
 * applications are built without them.
 *
 * @param {unknown} options
 */
function checkOptions(options) {
  const read = readOptions('ChatBotKitPartnerAdapter', OPTIONS, options)
  if (read.store === undefined || read.store === null) {
    throw invalid('The option "store" is missing: pass a MemoryStore or another store')
  }
  return read
}

/** The options as the native adapter takes them. */
function nativeOptions({ store: _, logger: __, userFields: ___, secret, baseUrl, ...rest }) {
  return { ...rest, secret: secret ?? undefined, baseUrl: baseUrl || undefined }
}

module.exports = { checkOptions, nativeOptions }
