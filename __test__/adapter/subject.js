'use strict'

const { ChatBotKitPartnerAdapter, MemoryStore } = require('../..')
const { createSandbox } = require('../../sandbox')

/**
 * An adapter under test with a Partner API of its own, which ends with the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options] of the adapter
 * @param {object} [sandboxOptions]
 */
async function startAdapter(t, options = {}, sandboxOptions = {}) {
  const sandbox = createSandbox(sandboxOptions)
  await sandbox.listen()
  t.after(() => sandbox.close())
  const store = options.store ?? new MemoryStore()
  const adapter = anotherAdapter(sandbox, { store, ...options })
  return { adapter, sandbox, store }
}

/** A further adapter for the same API, as a second copy of a configuration module makes it. */
function anotherAdapter(sandbox, options) {
  return ChatBotKitPartnerAdapter({
    secret: sandbox.secret,
    baseUrl: sandbox.url,
    apiRoutes: 'partner',
    retries: 0,
    ...options,
  })
}

/** The routes that were called, in order. */
function calls(sandbox) {
  return sandbox.requests.map(({ route }) => route)
}

module.exports = { startAdapter, anotherAdapter, calls }
