'use strict'

const { createSandbox } = require('./index')

const IN_JSDOM =
  "startSandbox needs Node's own environment: write testEnvironment: 'node' into Jest's configuration, or @jest-environment node into the test's first comment"

/**
 * A sandbox that listens, for tests: `@chatbotkit/nextauth/sandbox`. sandbox.d.ts documents it.
 *
 * @param {import('../sandbox').StartSandboxOptions} [options]
 */
async function startSandbox(options) {
  // Jest's jsdom has no such function.
  if (typeof structuredClone !== 'function') throw new Error(IN_JSDOM)
  return start(options)
}

async function start({ port, host, ...options } = {}) {
  const sandbox = createSandbox(options)
  const { url } = await sandbox.listen(port, host)
  const env = { CHATBOTKIT_API_SECRET: sandbox.secret, CHATBOTKIT_BASE_URL: url }
  return Object.assign(sandbox, { env })
}

module.exports = { startSandbox }
