#!/usr/bin/env node
'use strict'

const { parseArgs } = require('node:util')

const { version } = require('../package.json')
const { createSandbox } = require('../sandbox')
const { isEmailAddress } = require('../sandbox/email')

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
  --version                       the version
`

const EXIT_FAILURE = 1
const EXIT_USAGE = 2
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
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
}

const GENERATIONS = { partner: ['partner'], user: ['user'], both: ['partner', 'user'] }

class UsageError extends Error {}

function readArguments(args) {
  let parsed
  try {
    parsed = parseArgs({ args, options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(wordsOf(error))
  }
  const { values, positionals } = parsed
  if (values.help || values.version) return values
  const [command, ...rest] = positionals
  if (command === undefined) throw new UsageError('No command given')
  if (command !== 'sandbox') throw new UsageError(`Unknown command: ${command}`)
  if (rest.length > 0) throw new UsageError(`Unexpected argument: ${rest[0]}`)
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

/** Node goes on with advice, about `--` for one, that fits no option here. */
function wordsOf({ code, message }) {
  const option = /'(-[^ ']+)/.exec(message)?.[1]
  const isAmbiguous = code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' && /ambiguous/.test(message)
  if (isAmbiguous) return `${option} needs a value that does not begin with "-"`
  return message.split(/\. |\.?\n/)[0]
}

function wholeNumber(name, text, highest) {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > highest) {
    throw new UsageError(`${name} must be a whole number up to ${highest}: ${text}`)
  }
  return number
}

function limit(name, text) {
  return text === undefined ? undefined : wholeNumber(name, text, Number.MAX_SAFE_INTEGER)
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

async function runSandbox({ port, host, secret, generation, quiet, ...settings }) {
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
    `ChatBotKit sandbox, in memory\n  baseUrl  ${url}\n  secret   ${secret}\n  users    ${users.length}\nCtrl+C ends it.\n`,
  )
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => sandbox.close())
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

function fail(error) {
  if (error instanceof UsageError) {
    process.stderr.write(
      `chatbotkit-nextauth: ${error.message}\nSee chatbotkit-nextauth --help for commands and options.\n`,
    )
    process.exitCode = EXIT_USAGE
  } else {
    process.stderr.write(`chatbotkit-nextauth: ${error.message}\n`)
    process.exitCode = EXIT_FAILURE
  }
}

async function main(args) {
  const settings = readArguments(args)
  if (settings.help) process.stdout.write(HELP)
  else if (settings.version) process.stdout.write(`${version}\n`)
  else await runSandbox(settings)
}

main(process.argv.slice(2)).catch(fail)
