/**
 * One of the servers of an application, for people who guess at both: calls what it is told, as
 * often as it is told, all at once, and counts what came of it.
 */
import { subscribe } from 'node:diagnostics_channel'
import { ChatBotKitPartnerAdapter, RedisStore } from '../../../index.js'

const { redis, ...options } = JSON.parse(process.argv[2])
const adapter = ChatBotKitPartnerAdapter({ ...options, store: new RedisStore({ url: redis }) })

let notices = {}
subscribe('chatbotkit:nextauth:call', (event) => {
  for (const notice of event.notices) notices[notice] = (notices[notice] ?? 0) + 1
})

/** How calls ended: `null`, `redeemed`, or the code of an error. */
async function settle(calls) {
  const outcomes = {}
  const ends = calls.map((call) =>
    call.then(
      (redeemed) => (redeemed ? 'redeemed' : 'null'),
      ({ code }) => `${code}`,
    ),
  )
  for (const end of await Promise.all(ends)) outcomes[end] = (outcomes[end] ?? 0) + 1
  return outcomes
}

process.on('message', async ({ identifier, tokens, resend }) => {
  notices = {}
  const calls = tokens.map((token, index) => {
    // Codes that are asked for in the midst of the guesses.
    if (resend && index % resend === 0) {
      const expires = new Date(Date.now() + 600_000)
      const made = { identifier, token: `resent ${process.pid} ${index}`, expires }
      adapter.createVerificationToken(made).catch(() => {})
    }
    return adapter.useVerificationToken({ identifier, token })
  })
  process.send({ outcomes: await settle(calls), notices })
})

process.once('disconnect', () => process.exit())
process.send('ready')
