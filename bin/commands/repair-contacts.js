'use strict'

const { createHash } = require('node:crypto')
const { UsageError } = require('../arguments.js')
const { ContactApi } = require('../contact-api.js')

const HELP = `Usage: chatbotkit-nextauth repair-contacts [options]

Finds contacts whose meta.email the JavaScript package has emptied, so that no
sign-in finds them, and says which contacts are those of one person. Only trusted
contacts count: those that visitors made are left alone. Changes nothing unless
--write is given, and never deletes. docs/contacts.md tells more.

Options:
  --secret TEXT    the account's secret (default: CHATBOTKIT_API_SECRET)
  --base-url URL   a self-hosted platform (default: CHATBOTKIT_BASE_URL, or the hosted API)
  --write          put the addresses back
  -h, --help       this text
`

const OPTIONS = {
  secret: { type: 'string' },
  'base-url': { type: 'string' },
  write: { type: 'boolean', default: false },
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

async function run({ write, ...values }) {
  const api = new ContactApi(reach(values))
  const people = new Map()
  const counts = { read: 0, emptied: 0 }
  for await (const contact of api.all()) {
    counts.read += 1
    if (!isTrusted(contact) || !contact.email) continue
    if (contact.meta?.email === '') {
      counts.emptied += 1
      await repair(api, contact, write)
    }
    const address = contact.email.trim().toLowerCase()
    people.set(address, [...(people.get(address) ?? []), contact])
  }
  const doubles = [...people].filter(([, contacts]) => contacts.length > 1)
  for (const [address, contacts] of doubles) tellDoubles(address, contacts)
  const what = write ? 'repaired' : 'to be repaired with --write'
  tell(`${counts.read} contacts read; meta.email emptied in ${counts.emptied}, ${what}`)
  tell(`People with several contacts: ${doubles.length}`)
}

function reach(values) {
  const { CHATBOTKIT_API_SECRET, CHATBOTKIT_BASE_URL } = process.env
  const secret = (values.secret ?? CHATBOTKIT_API_SECRET ?? '').trim()
  if (!secret) throw new UsageError('No secret: set CHATBOTKIT_API_SECRET, or give --secret')
  const baseUrl = values['base-url'] ?? (CHATBOTKIT_BASE_URL || undefined)
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) {
    throw new UsageError('The base URL has to begin with https:// or http://')
  }
  return { secret, baseUrl }
}

/** As the adapter tells them: src/chatbotkit/contacts/contact.rs. */
function isTrusted({ verifiedAt, fingerprint }) {
  return Boolean(verifiedAt) || (Boolean(fingerprint) && !UUID.test(fingerprint))
}

async function repair(api, { id, email }, write) {
  const address = email.trim().toLowerCase()
  // Merged: whatever else is kept in there stays.
  if (write) await api.update(id, { meta: { $update: { email: address } } })
  tell(
    `${write ? 'Repaired' : 'Would repair'} ${id}: meta.email is ${JSON.stringify(address)} again`,
  )
}

function tellDoubles(address, contacts) {
  const ours = createHash('sha256').update(`email:${address}`).digest('hex').slice(0, 32)
  const rank = (it) => [it.fingerprint !== ours, !it.verifiedAt, it.createdAt]
  const ranked = contacts.toSorted((a, b) => compare(rank(a), rank(b)))
  const [first, ...others] = ranked.map(({ id }) => id)
  tell(`${JSON.stringify(address)} signs in as ${first}; its other contacts: ${others.join(', ')}`)
}

/** Compares lists member by member. */
function compare(one, other) {
  const at = one.findIndex((it, index) => it !== other[index])
  return at === -1 ? 0 : Number(one[at]) - Number(other[at])
}

function tell(line) {
  process.stdout.write(`${line}\n`)
}

module.exports = { HELP, OPTIONS, run }
