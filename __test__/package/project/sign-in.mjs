/**
 * A whole sign-in through Auth.js, with database sessions, from an ES module.
 *
 *     node sign-in.mjs <baseUrl> <secret>
 */
import assert from 'node:assert/strict'
import process from 'node:process'
import { Auth } from '@auth/core'
import {
  ChatBotKitEmailProvider,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'

const [baseUrl, secret] = process.argv.slice(2)
const email = `esm-${process.pid}@example.com`
const codes = []

const adapter = ChatBotKitPartnerAdapter({
  baseUrl,
  secret,
  store: new MemoryStore(),
  autoCreateUser: true,
})
const config = {
  adapter,
  basePath: '/auth',
  providers: [
    ChatBotKitEmailProvider({ sendVerificationRequest: ({ token }) => void codes.push(token) }),
  ],
  secret: 'a secret of Auth.js itself, for its cookies',
  session: { strategy: 'database' },
  trustHost: true,
}

const cookies = new Map()

/** One request of a browser that keeps its cookies. */
async function visit(path, form) {
  const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  const body = form && new URLSearchParams(form)
  const method = form ? 'POST' : 'GET'
  const response = await Auth(
    new Request(`http://localhost${path}`, { method, headers, body }),
    config,
  )
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
    cookies.set(name, value)
  }
  return response
}

const { csrfToken } = await (await visit('/auth/csrf')).json()
await visit('/auth/signin/email', { csrfToken, email })
assert.equal(codes.length, 1)
await visit(`/auth/callback/email?${new URLSearchParams({ email, token: codes[0] })}`)
const session = await (await visit('/auth/session')).json()
assert.equal(session?.user?.email, email)
await adapter.close()
console.log(`signed in: ${email}`)
