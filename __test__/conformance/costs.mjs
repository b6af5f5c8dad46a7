/**
 * What calls cost in Redis, as a proxy on the way and the server itself count it.
 */
import { RedisStore } from '../../index.js'
import { commandCounts, startCountingProxy } from '../../testing/redis/servers.mjs'
import { start } from './subject.mjs'

/**
 * An adapter whose store is reached through a counting proxy, already connected.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('../../testing/redis/servers.mjs').Redis} redis left running
 * @param {object} [options] of the adapter
 */
export async function startCounted(t, redis, options) {
  const proxy = await startCountingProxy(redis)
  const store = new RedisStore({ url: proxy.url })
  t.after(async () => {
    await store.close()
    await proxy.stop()
  })
  await store.ping()
  const subject = await start(t, { createStore: () => store }, options)
  const counts = await commandCounts(redis)

  /** Runs a call that is alone, and says what it cost. */
  async function costOf(call) {
    proxy.reset()
    subject.sandbox.clearRequests()
    await counts.reset()
    await call()
    const { roundTrips, waits, bytesSent, bytesReceived, trips } = proxy.counts()
    const { commands } = await counts.read()
    return {
      roundTrips,
      waits,
      bytes: bytesSent + bytesReceived,
      requests: subject.sandbox.requests.length,
      /** Those that went over the network. */
      sent: trips.flat(),
      /** All that the server ran, in scripts too, with how often. */
      ran: commands,
    }
  }

  return { ...subject, costOf }
}
