'use strict'

const { createInterface } = require('node:readline/promises')
const { UsageError } = require('../arguments.js')
const { applicationIn } = require('../init/application.js')
const { planFor, write } = require('../init/plan.js')

const HELP = `Usage: chatbotkit-nextauth init [options]

Adds sign-in by code to the Next.js application in the current folder: the
configuration of NextAuth, its route, a sign-in page, a page for whoever is
signed in, and the variables of development. Shows what it will write and asks
first. A file that is there already is left as it is.

Options:
  --auth v4|v5   the major version of next-auth (default: the one that is installed,
                 or else v5 with the App Router and v4 with the Pages Router)
  --yes          write without asking
  --dry-run      show the files, and write nothing
  -h, --help     this text
`

const OPTIONS = {
  auth: { type: 'string' },
  yes: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
}

const VERSIONS = ['v4', 'v5']

async function run({ auth, yes, 'dry-run': isDryRun }) {
  if (auth !== undefined && !VERSIONS.includes(auth)) {
    throw new UsageError(`--auth must be ${VERSIONS.join(' or ')}: ${auth}`)
  }
  const application = applicationIn(process.cwd(), auth)
  const plan = planFor(application)
  tell(`Next.js, ${application.words}\n`)
  for (const step of plan) tell(`  ${step.verb.padEnd(6)} ${step.path}${note(step)}`)
  if (isDryRun) return show(plan)

  if (!yes && !(await isWanted())) return tell('\nNothing was written.')
  for (const step of plan) write(application.folder, step)
  tell(`\n${nextSteps(application)}`)
}

function note({ why }) {
  return why ? `  (${why})` : ''
}

/** What a dry run shows: the texts. A secret that would be thrown away is none. */
function show(plan) {
  for (const { path, text } of plan.filter((it) => it.text !== undefined)) {
    tell(`\n--- ${path}\n${text.trimEnd()}`)
  }
}

async function isWanted() {
  if (!process.stdin.isTTY) {
    throw new UsageError('Nobody can be asked here: give --yes to write, or --dry-run to look')
  }
  const question = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^(y|yes|)$/i.test((await question.question('\nWrite this? [Y/n] ')).trim())
  } finally {
    question.close()
  }
}

function nextSteps({ missing }) {
  const install = missing ? `  npm install ${missing}\n` : ''
  return `Next:
${install}  npx @chatbotkit/nextauth sandbox   in a terminal of its own; it stands in for the API
  npm run dev                        codes are printed here
and open http://localhost:3000/signin`
}

function tell(line) {
  process.stdout.write(`${line}\n`)
}

module.exports = { HELP, OPTIONS, run }
