/**
 * A real Redis Cluster on loopback, put together by hand: `redis-cli --cluster create` waits seconds
 * between its steps.
 */

import { until } from '../waiting.mjs'
import { ask } from './connection.mjs'
import { startRedis } from './redis.mjs'

const SLOTS = 16_384

/** How long a node may be silent before the others call it dead, in milliseconds. */
const NODE_TIMEOUT = 1_000

const SETTINGS = [
  ...['--cluster-node-timeout', String(NODE_TIMEOUT)],
  // A replica takes over however long it was cut off: nothing here is worth more than speed.
  ...['--cluster-replica-validity-factor', '0'],
]

/**
 * @typedef {import('./redis.mjs').Redis} Redis
 *
 * @typedef {object} Cluster
 * @property {string[]} nodes urls, of primaries and replicas
 * @property {Redis[]} servers in the same order
 * @property {() => Promise<Redis[]>} primaries those that own slots and run, right now
 * @property {(key: string) => Promise<Redis>} primaryOf
 * @property {(key: string) => Promise<{ server: Redis, failedOver(): Promise<Redis> }>} killPrimaryOf
 *   SIGKILL; `failedOver` resolves with the replica that took over, once every node knows it, and
 *   `server.restart()` brings the killed one back as a replica
 * @property {() => Promise<string[]>} keys all keys of all nodes, sorted
 * @property {() => Promise<number>} dbsize
 * @property {(...args: (string | number)[]) => Promise<string>} cli redis-cli, following redirects
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ primaries?: number, replicas?: number } & import('./redis.mjs').RedisOptions} [options]
 *   `replicas` of each primary; the rest goes to every node
 * @returns {Promise<Cluster>} once every node says so and every replica has its primary's data
 */
export async function startCluster({ primaries = 3, replicas = 1, ...redis } = {}) {
  const args = [...SETTINGS, ...(redis.args ?? [])]
  const servers = await Promise.all(
    Array.from({ length: primaries * (1 + replicas) }, () =>
      startRedis({ ...redis, args, cluster: true }),
    ),
  )
  await join(servers, primaries)
  const running = () => servers.filter((server) => server.running)
  const ownerOf = async (slot, witness) =>
    serverAt(
      servers,
      (await owners(witness)).find(({ from, to }) => from <= slot && slot <= to),
    )
  const slotOf = (key) => ask(running()[0], 'CLUSTER', 'KEYSLOT', key)

  const cluster = {
    nodes: servers.map(({ url }) => url),
    servers,
    async primaries() {
      const found = (await owners(running()[0])).map((range) => serverAt(servers, range))
      return [...new Set(found)].filter((server) => server.running)
    },
    primaryOf: async (key) => ownerOf(await slotOf(key), running()[0]),
    async killPrimaryOf(key) {
      const slot = await slotOf(key)
      const server = await ownerOf(slot, running()[0])
      await server.kill()
      const failedOver = () =>
        until(`another primary of ${key}`, async () => {
          const witnesses = running().filter((witness) => witness !== server)
          const named = await Promise.all(witnesses.map((witness) => ownerOf(slot, witness)))
          const agreed = named.every((owner) => owner === named[0] && owner !== server)
          return agreed && (await Promise.all(witnesses.map(isWhole))).every(Boolean) && named[0]
        })
      return { server, failedOver }
    },
    async keys() {
      const found = await Promise.all(
        (await cluster.primaries()).map((server) => ask(server, 'KEYS', '*')),
      )
      return found.flat().sort()
    },
    async dbsize() {
      const sizes = (await cluster.primaries()).map((server) => ask(server, 'DBSIZE'))
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    },
    cli: (...args) => running()[0].cli('-c', ...args),
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  }
  return cluster
}

async function join(servers, primaries) {
  const ids = await Promise.all(servers.map((server) => ask(server, 'CLUSTER', 'MYID')))
  await Promise.all(
    servers.map(async (server, index) => {
      // Nodes of the same epoch would have to settle who keeps it.
      await ask(server, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
      if (index >= primaries) return
      const first = Math.ceil((index * SLOTS) / primaries)
      const last = Math.ceil(((index + 1) * SLOTS) / primaries) - 1
      await ask(server, 'CLUSTER', 'ADDSLOTSRANGE', first, last)
    }),
  )
  for (const { port, busPort } of servers.slice(1)) {
    await ask(servers[0], 'CLUSTER', 'MEET', '127.0.0.1', port, busPort)
  }
  await everywhere(servers, 'nodes that know each other', async (server) => {
    const known = await ask(server, 'CLUSTER', 'NODES')
    return ids.every((id) => known.includes(id)) && !known.includes('handshake')
  })
  const replicas = servers.slice(primaries)
  await Promise.all(
    replicas.map((server, index) => ask(server, 'CLUSTER', 'REPLICATE', ids[index % primaries])),
  )
  await everywhere(replicas, 'replicas with the data of their primaries', async (server) => {
    const [role, , , link] = await ask(server, 'ROLE')
    return role === 'slave' && link === 'connected'
  })
  await everywhere(servers, 'a whole cluster', async (server) => {
    const nodes = await ask(server, 'CLUSTER', 'NODES')
    const followers = nodes.match(/\bslave\b/g) ?? []
    return followers.length === replicas.length && (await isWhole(server))
  })
}

function everywhere(servers, expectation, holds) {
  return until(expectation, async () => (await Promise.all(servers.map(holds))).every(Boolean))
}

async function isWhole(server) {
  return (await ask(server, 'CLUSTER', 'INFO')).includes('cluster_state:ok')
}

async function owners(witness) {
  const ranges = await ask(witness, 'CLUSTER', 'SLOTS')
  return ranges.map(([from, to, [, port]]) => ({ from, to, port }))
}

function serverAt(servers, { port }) {
  return servers.find((server) => server.port === port)
}
