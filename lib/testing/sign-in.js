'use strict'

const { createHash, randomUUID } = require('node:crypto')
const { createSandbox } = require('../../sandbox')
const { ChatBotKitPartnerAdapter } = require('../adapter/partner-adapter.js')

const EMAIL = 'ada@example.com'

const TEN_MINUTES = 600_000 // ms

/** An API in this process with one person in it. */
async function startApi() {
  const sandbox = createSandbox({ users: [{ email: EMAIL }] })
  await sandbox.listen()
  return sandbox
}

/** The options of an adapter over that API; the store is not among them. */
function adapterOptions(subject, { url, secret }) {
  return {
    secret,
    baseUrl: url,
    apiRoutes: 'partner',
    autoDeleteUser: true,
    keyPrefix: subject.prefix,
  }
}

/** An adapter over another store object. */
async function anAdapter(subject, api) {
  return ChatBotKitPartnerAdapter({
    ...adapterOptions(subject, api),
    store: await subject.option(),
  })
}

/** A code as NextAuth hands it over: `token` is a digest. */
function newCode() {
  const token = createHash('sha256').update(randomUUID()).digest('hex')
  return { identifier: EMAIL, token, expires: new Date(Date.now() + TEN_MINUTES) }
}

module.exports = { adapterOptions, anAdapter, newCode, startApi }
