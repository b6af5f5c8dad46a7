/**
 * A sign-in through the adapter's methods, in the order of NextAuth, from CommonJS.
 *
 *     node sign-in.cjs <baseUrl> <secret>
 */
'use strict'

const assert = require('node:assert/strict')
const { ChatBotKitPartnerAdapter, MemoryStore } = require('@chatbotkit/nextauth')

async function signIn(baseUrl, secret) {
  const store = new MemoryStore()
  const adapter = ChatBotKitPartnerAdapter({ baseUrl, secret, store, autoCreateUser: true })
  const identifier = `cjs-${process.pid}@example.com`
  const expires = new Date(Date.now() + 60_000)

  assert.equal(await adapter.getUserByEmail(identifier), null)
  await adapter.createVerificationToken({ identifier, token: 'c0ffee', expires })
  assert.equal(await adapter.useVerificationToken({ identifier, token: 'c0ffed' }), null)
  const used = await adapter.useVerificationToken({ identifier, token: 'c0ffee' })
  assert.equal(used.identifier, identifier)
  assert.equal(await adapter.useVerificationToken({ identifier, token: 'c0ffee' }), null)

  const user = await adapter.createUser({ email: identifier, emailVerified: new Date() })
  await adapter.createSession({ sessionToken: 'token', userId: user.id, expires })
  const found = await adapter.getSessionAndUser('token')
  assert.equal(found.user.email, identifier)
  await adapter.deleteSession('token')
  assert.equal(await adapter.getSessionAndUser('token'), null)
  await adapter.close()
  console.log(`signed in: ${identifier}`)
}

signIn(...process.argv.slice(2)).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
