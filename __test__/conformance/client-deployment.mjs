/**
 * Deployments whose stores are clients, given to the adapter as they are.
 */
import { clientOf, title } from '../clients/libraries.mjs'
import { redisDeployment } from './redis-deployment.mjs'

/** Unlike RedisStore, clients do all of their work on the thread of the tests. */
const CONCURRENCY = 4

/**
 * Clients of Redis. The servers are left running.
 *
 * @param {string} library
 * @param {string} what it is connected to, for the name
 * @param {import('../clients/libraries.mjs').Place} place
 * @param {() => Promise<import('../../testing/redis/servers.mjs').Redis[]>} primaries who has the data
 * @returns {Promise<import('./conformance.mjs').Deployment>}
 */
export async function redisClients(library, what, place, primaries) {
  const { createStore, end } = await pairOf(library, () => place)
  const deployment = redisDeployment({
    name: `${title(library)} and ${what}`,
    createStore,
    primaries,
    stop: end,
    keyPrefix: place.options?.keyPrefix,
  })
  return { ...deployment, concurrency: CONCURRENCY }
}

/**
 * Clients of something in this process that cannot be looked at.
 *
 * @param {() => import('../clients/libraries.mjs').Place} place made for each client
 */
export async function localClients(library, what, place) {
  const { createStore, end } = await pairOf(library, place)
  return { name: `${title(library)} ${what}`, createStore, close: end }
}

async function pairOf(library, place) {
  const pair = [await clientOf(library, place()), await clientOf(library, place())]
  let created = 0
  return {
    createStore() {
      created += 1
      return pair[created % 2].client
    },
    end: async () => void (await Promise.all(pair.map(({ end }) => end()))),
  }
}
