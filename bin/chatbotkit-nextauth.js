#!/usr/bin/env node
'use strict'

const { parseArgs } = require('node:util')

const { version } = require('../package.json')
const { createSandbox } = require('../sandbox')

const HELP = `Usage: chatbotkit-nextauth sandbox [options]

Runs a local ChatBotKit Partner API in memory, to develop and test without an
account. Nothing is kept when it ends.

Options:
  --port PORT                     port to listen on, 0 for a free one (default 4010)
  --host HOST                     address to listen on (default 127.0.0.1)
  --secret TEXT                   the secret it asks for (default sandbox-secret)
  --seed EMAIL,EMAIL              users that are there from the start
  --generation partner|user|both  routes served: /partner/user, /user (default both)
  --latency MS                    milliseconds added to each answer (default 0)
  --quiet                         no line per request
  --help                          this text
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
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
}

const GENERATIONS = { partner: ['partner'], user: ['user'], both: ['partner', 'user'] }

class UsageError extends Error {}

function readArguments(args) {
  let parsed
  try {
    parsed = parseArgs({ args, options: OPTIONS, allowPositionals: true })
  } catch (error) {
    // Node goes on with advice, about `--` for one, that fits no option here.
    throw new UsageError(error.message.split(/\. |\.?\n/)[0])
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
  }
}

function wholeNumber(name, text, highest) {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > highest) {
    throw new UsageError(`${name} must be a whole number up to ${highest}: ${text}`)
  }
  return number
}

async function runSandbox({ port, host, secret, seed, generation, latency, quiet }) {
  const sandbox = sandboxOf({
    secret,
    latency,
    generations: GENERATIONS[generation],
    users: seed
      .split(',')
      .map((email) => email.trim())
      .filter(Boolean)
      .map((email) => ({ email })),
    onRequest: quiet ? undefined : (entry) => process.stdout.write(`${requestLine(entry)}\n`),
  })
  const { url } = await sandbox.listen(port, host)
  const users = sandbox.users.all().length
  process.stdout.write(
    `ChatBotKit sandbox, in memory\n  baseUrl  ${url}\n  secret   ${secret}\n  users    ${users}\nCtrl+C ends it.\n`,
  )
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => sandbox.close())
}

function sandboxOf(options) {
  try {
    return createSandbox(options)
  } catch (error) {
    throw new UsageError(`--seed: ${error.message}`)
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
