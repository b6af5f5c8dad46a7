'use strict'

const { createSandbox } = require('../../sandbox')
const { isEmailAddress } = require('../../sandbox/email')
const { UsageError, limit, wholeNumber } = require('../arguments.js')

const HELP = `Usage: chatbotkit-nextauth sandbox [options]

Runs a local ChatBotKit API in memory, with sub-accounts and contacts, to
develop and test without an account. Nothing is kept when it ends.

Options:
  --port PORT                     port to listen on, 0 for a free one (default 4010)
  --host HOST                     address to listen on (default 127.0.0.1)
  --secret TEXT                   the secret it asks for (default sandbox-secret)
  --seed EMAIL,EMAIL              users that are there from the start
  --generation partner|user|both  routes of users: /partner/user, /user (default both)
  --latency MS                    milliseconds added to each answer (default 0)
  --lists-per-minute N            beyond it lists answer 429 (default: no limit)
  --max-users N                   beyond it "create" answers 429 (default: no limit)
  --quiet                         no line per request
  -h, --help                      this text
`

const HIGHEST_PORT = 65_535

const OPTIONS = {
  port: { type: 'string', default: '4010' },
  host: { type: 'string', default: '127.0.0.1' },
  secret: { type: 'string', default: 'sandbox-secret' },
  seed: { type: 'string', default: '' },
  generation: { type: 'string', default: 'both' },
  latency: { type: 'string', default: '0' },
  'lists-per-minute': { type: 'string' },
  'max-users': { type: 'string' },
  quiet: { type: 'boolean', default: false },
}

const GENERATIONS = { partner: ['partner'], user: ['user'], both: ['partner', 'user'] }

/** What the options ask for. */
function read(values) {
  if (!Object.hasOwn(GENERATIONS, values.generation)) {
    throw new UsageError(`--generation must be partner, user or both: ${values.generation}`)
  }
  if (values.secret === '') throw new UsageError('--secret must not be empty')
  return {
    ...values,
    port: wholeNumber('--port', values.port, HIGHEST_PORT),
    latency: wholeNumber('--latency', values.latency, Number.MAX_SAFE_INTEGER),
    listsPerMinute: limit('--lists-per-minute', values['lists-per-minute']),
    maxUsers: limit('--max-users', values['max-users']),
    users: seeds(values.seed),
  }
}

/** The users of `--seed`. */
function seeds(text) {
  const emails = text
    .split(',')
    .map((email) => email.trim())
    .filter(Boolean)
  const seen = new Set()
  for (const email of emails) {
    if (!isEmailAddress(email)) throw new UsageError(`--seed: not an e-mail address: ${email}`)
    if (seen.has(email.toLowerCase())) throw new UsageError(`--seed names ${email} twice`)
    seen.add(email.toLowerCase())
  }
  return emails.map((email) => ({ email }))
}

async function run(values) {
  const { port, host, secret, generation, quiet, ...settings } = read(values)
  const { latency, listsPerMinute, maxUsers, users } = settings
  const sandbox = createSandbox({
    secret,
    latency,
    listsPerMinute,
    maxUsers,
    generations: GENERATIONS[generation],
    users,
    onRequest: quiet ? undefined : (entry) => process.stdout.write(`${requestLine(entry)}\n`),
  })
  const { url } = await listen(sandbox, port, host)
  process.stdout.write(
    `ChatBotKit sandbox, in memory; users: ${users.length}. For .env:\n\n${environmentLines(url, secret)}\n\nCtrl+C ends it.\n`,
  )
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => sandbox.close())
}

/** What an application needs to find it. Node and Next.js read quoted values as they are. */
function environmentLines(url, secret) {
  const value = /^[\w-]+$/.test(secret) ? secret : `'${secret}'`
  return `CHATBOTKIT_API_SECRET=${value}\nCHATBOTKIT_BASE_URL=${url}`
}

async function listen(sandbox, port, host) {
  try {
    return await sandbox.listen(port, host)
  } catch (error) {
    const why = {
      EADDRINUSE: `port ${port} is taken (EADDRINUSE). Choose another with --port, or 0 for a free one`,
      EACCES: `port ${port} is not allowed here (EACCES). Choose another with --port`,
      EADDRNOTAVAIL: `this machine has no address ${host} (EADDRNOTAVAIL)`,
      ENOTFOUND: `there is no host ${host} (ENOTFOUND)`,
    }[error.code]
    throw why ? new Error(why, { cause: error }) : error
  }
}

function requestLine({ at, method, path, query, status, fault }) {
  const search = new URLSearchParams(query).toString()
  const target = search ? `${path}?${search}` : path
  // A path may hold bytes that a terminal would obey.
  const shown = target.replace(/[^\x20-\x7e]/g, '?')
  const time = new Date(at).toISOString().slice(11, 23)
  return `${time} ${method} ${shown} ${status ?? '-'} ${Date.now() - at} ms${fault ? ` (${fault})` : ''}`
}

module.exports = { HELP, OPTIONS, run }
