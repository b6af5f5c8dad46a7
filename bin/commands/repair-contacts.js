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
  --all            also where another program left the address out of meta
  -h, --help       this text
`

const OPTIONS = {
  secret: { type: 'string' },
  'base-url': { type: 'string' },
  write: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

async function run({ write, all, ...values }) {
  const api = new ContactApi(reach(values))
  const people = new Map()
  const counts = { read: 0, found: 0, failed: 0 }
  for await (const contact of api.all()) {
    counts.read += 1
    if (!isTrusted(contact) || !contact.email) continue
    const address = contact.email.trim().toLowerCase()
    if (isHidden(contact, address, all)) {
      counts.found += 1
      if (!(await repair(api, contact.id, address, write))) counts.failed += 1
    }
    people.set(address, [...(people.get(address) ?? []), rankOf(contact, address)])
  }
  const doubles = [...people].filter(([, contacts]) => contacts.length > 1)
  for (const [address, contacts] of doubles) tellDoubles(address, contacts)
  const what = write ? `repaired ${counts.found - counts.failed}` : 'to be repaired with --write'
  tell(`${counts.read} contacts read; no look-up finds ${counts.found}, ${what}`)
  tell(`People with several contacts: ${doubles.length}`)
  if (counts.failed > 0) throw new Error(`${counts.failed} contacts could not be repaired`)
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

/** Whether its address does not find it: because it was emptied, or for whatever reason. */
function isHidden({ meta }, address, all) {
  return all ? meta?.email !== address : meta?.email === ''
}

/** @returns {Promise<boolean>} whether it was, or would be, repaired */
async function repair(api, id, address, write) {
  try {
    // Merged: whatever else is kept in there stays.
    if (write) await api.update(id, { meta: { $update: { email: address } } })
  } catch (error) {
    tell(`Could not repair ${id}: ${error.message}`)
    return false
  }
  tell(`${write ? 'Repaired' : 'Would repair'} ${id}: meta.email is ${JSON.stringify(address)}`)
  return true
}

/** How the adapter ranks it: src/adapter/directory/contacts.rs. The smaller, the better. */
function rankOf({ id, fingerprint, verifiedAt, createdAt, meta }, address) {
  const ours = createHash('sha256').update(`email:${address}`).digest('hex').slice(0, 32)
  const isClaim = meta?.nextauth?.emailVerified === null
  return { id, rank: [isClaim, fingerprint !== ours, !verifiedAt, createdAt] }
}

function tellDoubles(address, contacts) {
  const ids = contacts.toSorted((a, b) => compare(a.rank, b.rank)).map(({ id }) => id)
  tell(`${JSON.stringify(address)} has several, the one that is preferred first: ${ids.join(', ')}`)
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
