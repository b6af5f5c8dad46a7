#!/usr/bin/env node
'use strict'

const { version } = require('../package.json')
const { UsageError, readOptions } = require('./arguments.js')

const HELP = `Usage: chatbotkit-nextauth COMMAND [options]

Commands:
  init             adds sign-in by code to a Next.js application
  sandbox          runs a local ChatBotKit API, to develop and test without an account
  repair-contacts  finds contacts that the JavaScript package has made unfindable
  copy-store       copies what is in one store to another
  requests, approve, reject, invite, invitations, withdraw
                   who may come in

chatbotkit-nextauth COMMAND --help tells the options of a command.
--version prints the version.
`

const EXIT_FAILURE = 1
const EXIT_USAGE = 2

const ADMISSIONS = ['requests', 'invitations', 'approve', 'reject', 'invite', 'withdraw']

const admissionsCommand = (name) => require('./commands/admissions.js').admissionsCommand(name)

/** The commands, each loaded when it is asked for. */
const COMMANDS = {
  init: () => require('./commands/init.js'),
  sandbox: () => require('./commands/sandbox.js'),
  'repair-contacts': () => require('./commands/repair-contacts.js'),
  'copy-store': () => require('./commands/copy-store.js'),
  ...Object.fromEntries(ADMISSIONS.map((name) => [name, () => admissionsCommand(name)])),
}

const COMMON = {
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
}

async function main(args) {
  const name = args.find((it) => !it.startsWith('-'))
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]() : { OPTIONS: {}, HELP }
  const { values, positionals } = readOptions(args, { ...command.OPTIONS, ...COMMON })
  const { help, version: isAskedForVersion, ...options } = values
  if (help) return void process.stdout.write(command.HELP)
  if (isAskedForVersion) return void process.stdout.write(`${version}\n`)
  if (name === undefined) throw new UsageError('No command given')
  if (!command.run) throw new UsageError(`Unknown command: ${name}`)
  const [, ...names] = positionals
  const limit = command.ARGUMENTS?.length ?? 0
  if (names.length > limit) throw new UsageError(`Unexpected argument: ${names[limit]}`)
  await command.run(options, names)
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

main(process.argv.slice(2)).catch(fail)
