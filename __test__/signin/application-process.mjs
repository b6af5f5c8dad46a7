/**
 * An application in a process of its own, with its sessions in a Redis. process-flows.mjs starts it
 * with `fork`, and gives it its settings as JSON.
 */
import { once } from 'node:events'
import { ChatBotKitPartnerAdapter, RedisStore } from '@chatbotkit/nextauth'
import { configure } from './application.mjs'

const { framework: module, api, apiSecret, redis, secret } = JSON.parse(process.argv[2])
const framework = await import(module)

/** Resolves once the parent has the code: the answer to the browser must not come first. */
async function deliver(address, code) {
  process.send({ address, code })
  await once(process, 'message')
}

const { origin } = await framework.start(
  configure({
    adapter: ChatBotKitPartnerAdapter({
      secret: apiSecret,
      baseUrl: api,
      store: new RedisStore({ url: redis }),
    }),
    secret,
    session: { strategy: 'database' },
    email: { onCode: deliver },
  }),
)

// However the parent ends, this ends too.
process.on('disconnect', () => process.exit())
process.send({ origin })
