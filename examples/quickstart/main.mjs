/**
 * Starts the application and the Partner API it talks to: the sandbox in this process, or the hosted API
 * when CHATBOTKIT_API_SECRET is set.
 *
 *     node examples/quickstart/main.mjs
 */
import { pathToFileURL } from 'node:url'
import { createApp } from './app.mjs'
import { createAuth } from './auth.mjs'
import { serve } from './server.mjs'

const PORT = 3000

/** The person who has a sub-account in the sandbox from the start. */
const KNOWN_PERSON = { email: 'ada@example.com', name: 'Ada Lovelace' }

/**
 * @param {object} [options]
 * @param {number} [options.port] when it is in use, says so and takes a free one
 * @param {string} [options.secret] of the hosted API; when empty, a sandbox is started
 * @param {string} [options.baseUrl] of the hosted API, for a self-hosted platform
 * @param {object} [options.store] where codes live
 * @param {(message: { identifier: string, token: string }) => unknown} [options.onCode]
 * @returns {Promise<{ origin: string, sandbox?: object, close: () => Promise<void> }>}
 */
export async function startQuickstart({
  port = PORT,
  secret = process.env.CHATBOTKIT_API_SECRET,
  baseUrl = process.env.CHATBOTKIT_BASE_URL,
  store,
  onCode = printCode,
} = {}) {
  const api = secret ? { secret, baseUrl } : await startSandbox()
  const auth = createAuth({
    secret: api.secret,
    baseUrl: api.baseUrl,
    store,
    // An application of yours sends an e-mail here.
    sendVerificationRequest: onCode,
  })
  const server = await listen(createApp(auth), port)
  return {
    origin: server.origin,
    sandbox: api.sandbox,
    async close() {
      await server.close()
      await api.sandbox?.close()
    },
  }
}

async function startSandbox() {
  const { createSandbox } = await import('../../sandbox/index.js')
  const secret = 'sandbox-secret'
  const sandbox = createSandbox({ secret, users: [KNOWN_PERSON] })
  const { url } = await sandbox.listen()
  return { secret, baseUrl: url, sandbox }
}

async function listen(app, port) {
  try {
    return await serve(app, { port })
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error
    console.log(`Port ${port} is in use, taking a free one.`)
    return serve(app, { port: 0 })
  }
}

function printCode({ identifier, token }) {
  // The address comes from a form: control characters in it must not reach the terminal.
  console.log(`Code for ${JSON.stringify(identifier)}: ${token}`)
}

/** Starts the application for a person at a terminal. */
export async function run(options) {
  const app = await startQuickstart(options)
  console.log(`\nOpen ${app.origin}`)
  if (app.sandbox) {
    console.log(`Sign in as ${KNOWN_PERSON.email}, who has a sub-account in the sandbox,`)
    console.log('or with any other address: it gets a sub-account of its own.')
  } else {
    console.log('This is the hosted API: sub-accounts made here are real ones.')
  }
  console.log('The code appears here. Ctrl+C ends.\n')
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close())
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await run()
