'use strict'

/**
 * A local ChatBotKit API in memory, for tests, demos and developing without an
 * account: its Partner and Contact routes. See README.md beside this file.
 *
 * @module
 */

const { Api } = require('./api')
const { handleExchange } = require('./exchange')
const { Faults } = require('./faults')
const { Listener } = require('./listener')
const { RequestLog } = require('./request-log')
const { GENERATIONS } = require('./routes')

const EMAIL_COMPARISONS = ['insensitive', 'sensitive']

const DEFAULTS = {
  secret: 'sandbox-secret',
  generations: GENERATIONS,
  latency: 0,
  emailComparison: 'insensitive',
  ignoreEmailFilter: false,
  ignoreMetaFilter: false,
  listsPerMinute: Infinity,
  maxUsers: Infinity,
  users: [],
  contacts: [],
  onRequest: undefined,
}

/**
 * @typedef {object} SandboxOptions
 * @property {string} [secret] the parent account's, default `sandbox-secret`; any other is answered 401
 * @property {import('./routes').Generation[]} [generations] which of `/partner/user/…` and `/user/…` are served, default both
 * @property {number} [latency] ms added to each answer, default 0
 * @property {'insensitive' | 'sensitive'} [emailComparison] MySQL's way (default) or SQLite's and PostgreSQL's
 * @property {boolean} [ignoreEmailFilter] an API that ignores `?email=` and lists everybody, default false
 * @property {boolean} [ignoreMetaFilter] an API that ignores `?meta.KEY=` and lists everybody, default false
 * @property {number} [listsPerMinute] beyond it lists answer 429 LIMITS_REACHED (rate/poll), default Infinity
 * @property {number} [maxUsers] beyond it `create` answers 429 LIMITS_REACHED (database/user), default Infinity
 * @property {Partial<import('./users/access').StoredUser>[]} [users] there from the start, oldest first
 * @property {Partial<import('./contacts/access').StoredContact>[]} [contacts] the same
 * @property {(entry: import('./request-log').RequestEntry) => void} [onRequest] called when a request is over
 *
 * @typedef {object} Sandbox
 * @property {(port?: number, host?: string) => Promise<import('./listener').Address>} listen default a free port on 127.0.0.1
 * @property {() => Promise<void>} close ends open connections too; may be called again
 * @property {string | null} url origin without path; null while not listening
 * @property {string} secret
 * @property {import('./users/access').UserAccess} users the parent account's users, without HTTP
 * @property {import('./contacts/access').ContactAccess} contacts its contacts
 * @property {(userId: string) => import('./contacts/access').ContactAccess} contactsOf those of a sub-account
 * @property {import('./conversations/access').ConversationAccess} conversations its conversations, with a token for the visitor of each
 * @property {(secret: string) => void} addSecret a further secret of the parent account
 * @property {(secret: string) => import('./account').Account} addPartner a second parent account, with its own `users`, `contacts` and `conversations`
 * @property {import('./request-log').RequestEntry[]} requests the newest 10 000, oldest first
 * @property {() => void} clearRequests
 * @property {(fault: import('./faults').Fault) => import('./faults').FaultHandle} inject
 * @property {() => void} clearFaults
 */

/**
 * @param {SandboxOptions} [options]
 * @returns {Sandbox}
 * @throws {TypeError} on an unknown or bad option
 */
function createSandbox(options = {}) {
  const settings = readOptions(options)
  const api = new Api(settings)
  const account = api.addAccount(settings.secret)
  for (const user of settings.users) account.users.add(user)
  for (const contact of settings.contacts) account.contacts.add(contact)

  const faults = new Faults()
  const log = new RequestLog()
  const { generations, latency, onRequest } = settings
  const context = { api, faults, log, generations, latency, onRequest }
  const listener = new Listener((incoming, response) => {
    handleExchange(context, incoming, response)
  })

  return {
    listen: (port = 0, host = '127.0.0.1') => listener.listen(port, host),
    close: () => listener.close(),
    get url() {
      return listener.url
    },
    secret: settings.secret,
    users: account.users,
    contacts: account.contacts,
    contactsOf: (userId) => account.contactsOf(userId),
    conversations: account.conversations,
    addSecret: (secret) => api.addSecret(account, secret),
    addPartner: (secret) => api.addAccount(secret),
    requests: log.entries,
    clearRequests: () => log.clear(),
    inject: (fault) => faults.inject(fault),
    clearFaults: () => faults.clear(),
  }
}

function readOptions(options) {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(DEFAULTS, name)) throw new TypeError(`Unknown sandbox option: ${name}`)
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const settings = { ...DEFAULTS, ...Object.fromEntries(given) }
  const { generations, latency, emailComparison, listsPerMinute, maxUsers, onRequest } = settings
  check(
    Array.isArray(generations) && generations.every((name) => GENERATIONS.includes(name)),
    `generations must be some of ${GENERATIONS.join(', ')}`,
  )
  check(Number.isFinite(latency) && latency >= 0, 'latency must be a number of milliseconds')
  check(
    EMAIL_COMPARISONS.includes(emailComparison),
    `emailComparison must be one of ${EMAIL_COMPARISONS.join(', ')}`,
  )
  const isCount = (value) => value === Infinity || (Number.isInteger(value) && value >= 0)
  check(isCount(listsPerMinute), 'listsPerMinute must be a whole number or Infinity')
  check(isCount(maxUsers), 'maxUsers must be a whole number or Infinity')
  check(onRequest === undefined || typeof onRequest === 'function', 'onRequest must be a function')
  return settings
}

function check(isGood, message) {
  if (!isGood) throw new TypeError(message)
}

module.exports = { createSandbox }
