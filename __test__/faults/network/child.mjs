/**
 * An adapter or a store in a process of its own, because proxies and authorities come from its environment.
 */
import { run } from '../../../testing/child.mjs'

/** What would reach the network of whoever runs the tests, or what is tested. */
const CLEAN = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'REQUEST_METHOD']
    .flatMap((name) => [name, name.toLowerCase()])
    .concat('NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR')
    .map((name) => [name, undefined]),
)

async function lookUp(options, answer) {
  const { ChatBotKitPartnerAdapter, MemoryStore } = require('.')
  const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
  const found = await adapter.getUserByEmail('ada@example.com').catch((error) => error)
  if (!(found instanceof Error)) return answer({ email: found?.email })
  const { name, code, message, retryable } = found
  answer({ name, code, message, retryable })
}

/**
 * Looks Ada up.
 *
 * @param {object} options of the adapter
 * @param {Record<string, string>} env
 * @returns {Promise<{ email?: string, name?: string, code?: string, message?: string }>}
 */
export async function lookUpAda(options, env) {
  const defaults = { apiRoutes: 'partner', retries: 0, timeout: 5_000 }
  return answerOf(lookUp, { ...defaults, ...options }, env)
}

async function ping(stores, answer) {
  const { RedisStore } = require('.')
  const said = async ({ bytes, delay = 0, ...options }) => {
    await new Promise((resolve) => setTimeout(resolve, delay))
    const tls = bytes && { ca: new Uint8Array(Buffer.from(bytes)) }
    const began = performance.now()
    const {
      code = 'PONG',
      retryable,
      message,
    } = await new RedisStore({ tls, ...options }).ping().then(
      () => ({}),
      (error) => error,
    )
    return { code, retryable, message, took: performance.now() - began }
  }
  answer(await Promise.all(stores.map(said)))
  process.exit()
}

/**
 * Pings stores in Redis, side by side.
 *
 * @param {object[]} stores options of each; `bytes` for an authority as a Uint8Array, `delay` in
 *   milliseconds before it is made
 * @param {Record<string, string>} env
 * @returns {Promise<{ code: string, retryable?: boolean, message?: string, took: number }[]>} `PONG`
 *   for an answer
 */
export const pingRedis = (stores, env) => answerOf(ping, stores, env)

async function answerOf(script, input, env) {
  const { answer, stderr } = await run(script, { input, env: { ...CLEAN, ...env } })
  // Node complains itself about authorities that it cannot read.
  const words = stderr.replaceAll(/^Warning: Ignoring extra certs.*\n/gm, '')
  if (words !== '') throw new Error(words)
  return answer
}
