'use strict'

const { UsageError } = require('../arguments.js')

const HELP = `Usage: chatbotkit-nextauth requests
       chatbotkit-nextauth invitations
       chatbotkit-nextauth approve EMAIL [options]
       chatbotkit-nextauth reject EMAIL
       chatbotkit-nextauth invite EMAIL [options]
       chatbotkit-nextauth withdraw EMAIL

Who may come in: lists requests and invitations, and decides them. The secret and
the store are taken from the environment, as adapters take them: CHATBOTKIT_API_SECRET,
CHATBOTKIT_BASE_URL, REDIS_URL, DATABASE_URL and the others of docs/stores.md.
docs/users.md tells what each does.

Options:
  --contacts         people are contacts, in the place of sub-accounts
  --prefix TEXT      the keyPrefix of the adapter
  --name TEXT        what the person is called
  --limits JSON      what their sub-account may use up, such as '{"conversations":100}'
  --meta JSON        members of its meta
  --expires-in N     seconds for which an invitation is good (default 2592000)
  --json             print JSON
  -h, --help         this text
`

const OPTIONS = {
  contacts: { type: 'boolean', default: false },
  prefix: { type: 'string' },
  name: { type: 'string' },
  limits: { type: 'string' },
  meta: { type: 'string' },
  'expires-in': { type: 'string' },
  json: { type: 'boolean', default: false },
}

const none = (email) => `There is none of ${email}`

/** What each command asks the adapter, and what it says in words. */
const COMMANDS = {
  requests: {
    ask: (adapter) => adapter.listRequests(),
    tell: (all) => listed(all, 'Nobody has asked to come in'),
  },
  invitations: {
    ask: (adapter) => adapter.listInvitations(),
    tell: (all) => listed(all, 'Nobody is invited'),
  },
  approve: {
    ask: (adapter, email, given) => adapter.approve(email, given),
    tell: ({ id, email }) => `Approved: ${email} is ${id}`,
  },
  reject: {
    ask: (adapter, email) => adapter.reject(email),
    tell: (found, email) => (found ? `Rejected: ${found.email}` : none(email)),
  },
  invite: {
    ask: (adapter, email, given) => adapter.invite({ email, ...given }),
    tell: ({ email, expires }) => `Invited: ${email}, until ${expires.toISOString()}`,
  },
  withdraw: {
    ask: (adapter, email) => adapter.withdraw(email),
    tell: (found, email) => (found ? `Withdrawn: ${found.email}` : none(email)),
  },
}

const ABOUT_ALL = ['requests', 'invitations']

/** The command of that name. */
function admissionsCommand(name) {
  const ARGUMENTS = ABOUT_ALL.includes(name) ? [] : ['EMAIL']
  return { HELP, OPTIONS, ARGUMENTS, run: (options, args) => run(name, options, args) }
}

async function run(name, { contacts, prefix, json, ...options }, [email]) {
  if (!ABOUT_ALL.includes(name) && email === undefined) throw new UsageError(`${name} needs EMAIL`)
  const given = givenIn(options)
  const {
    ChatBotKitContactAdapter,
    ChatBotKitPartnerAdapter,
    storeFrom,
  } = require('../../index.js')
  const store = storeFrom()
  const make = contacts ? ChatBotKitContactAdapter : ChatBotKitPartnerAdapter
  const adapter = make({ store, ...(prefix !== undefined && { keyPrefix: prefix }) })
  try {
    const { ask, tell } = COMMANDS[name]
    const answer = await ask(adapter, email, given)
    process.stdout.write(`${json ? JSON.stringify(answer) : tell(answer, email)}\n`)
    if (answer === null) process.exitCode = 1
  } finally {
    await adapter.close()
    await store.close?.()
  }
}

function givenIn({ name, limits, meta, 'expires-in': seconds }) {
  const given = {
    name,
    limits: limits && object('--limits', limits),
    meta: meta && object('--meta', meta),
    expiresIn: seconds === undefined ? undefined : Number(seconds),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function object(name, text) {
  try {
    const value = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below, as of what is JSON and no object.
  }
  throw new UsageError(`${name} has to be a JSON object`)
}

function listed(all, nobody) {
  if (all.length === 0) return nobody
  return all.map(({ email, name, createdAt }) => line(email, name, createdAt)).join('\n')
}

/** Names come from people: a terminal must not obey them. */
function line(email, name, createdAt) {
  const words = [createdAt.toISOString(), email, ...(name ? [name] : [])]
  return words.join('  ').replace(/\p{Cc}/gu, '')
}

module.exports = { admissionsCommand }
