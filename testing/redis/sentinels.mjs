/**
 * A real Redis with replicas, watched over by Redis Sentinel, on loopback.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onFreePort } from '../ports.mjs'
import { startProcess, temporaryFolder } from '../processes.mjs'
import { until } from '../waiting.mjs'
import { ask } from './connection.mjs'
import { startRedis, tlsSettings } from './redis.mjs'
import { redisCli } from './redis-cli.mjs'

const SERVICE = 'sessions'

/** How long a server may be silent before a sentinel calls it down, in milliseconds. */
const DOWN_AFTER = 1_000

/** How long one attempt at a failover may take, in milliseconds; the next begins after twice that. */
const FAILOVER_TIMEOUT = 3_000

/**
 * How often sentinels look at servers and at each other, in milliseconds. Left alone they take 10 s
 * to see a new replica and 2 s to meet; `SENTINEL DEBUG` is there since Redis 7.0.
 *
 * A failover knows one rhythm of its own: while it lasts, replicas are looked at once a second. But
 * only replicas seen within five PINGs can be promoted, and a promoted one is put back after four
 * PUBLISHes without a word from the leader; both have to come to more than a second.
 */
const PERIODS = { INFO: 500, PING: 300, ASK: 100, PUBLISH: 500 }

/**
 * @typedef {import('./redis.mjs').Redis} Redis
 *
 * @typedef {object} Sentinels
 * @property {string[]} sentinels their urls; with a password, they ask for none themselves
 * @property {string} service the name that sentinels know the primary by
 * @property {Redis[]} servers the first primary and its replicas
 * @property {() => Promise<Redis>} primary what the sentinels answer right now
 * @property {() => Promise<{ server: Redis, failedOver(): Promise<Redis> }>} killPrimary SIGKILL;
 *   `failedOver` resolves with the next primary, once all sentinels name it and it takes writes, and
 *   `server.restart()` brings the killed one back, a replica before long
 * @property {() => Promise<Redis>} failover moves the primary though it is well; the next primary
 * @property {(...args: (string | number)[]) => Promise<string>} cli redis-cli on the first sentinel
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ sentinels?: number, replicas?: number } & import('./redis.mjs').RedisOptions} [options]
 *   the rest goes to every Redis; with `tls`, sentinels speak it too
 * @returns {Promise<Sentinels>} once every sentinel knows the others and every replica
 */
export async function startSentinels({ sentinels = 3, replicas = 2, ...redis } = {}) {
  const first = await startRedis(redis)
  const args = [...(redis.args ?? []), '--replicaof', '127.0.0.1', String(first.port)]
  const others = await Promise.all(
    Array.from({ length: replicas }, () => startRedis({ ...redis, args })),
  )
  const servers = [first, ...others]
  await until('replicas that follow', async () =>
    (await Promise.all(others.map((server) => ask(server, 'ROLE')))).every(
      ([, , , link]) => link === 'connected',
    ),
  )
  const quorum = Math.floor(sentinels / 2) + 1
  const watchers = await Promise.all(
    Array.from({ length: sentinels }, () =>
      onFreePort((port) => startSentinel(port, first.port, quorum, redis)),
    ),
  )
  await until('sentinels that know each other', async () =>
    (await Promise.all(watchers.map(knownBy))).every(
      ([known, followers]) => known === sentinels - 1 && followers === replicas,
    ),
  )

  const namedBy = async (watcher) => {
    const [, port] = await ask(watcher, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', SERVICE)
    return servers.find((server) => server.port === Number(port))
  }
  const successorOf = (server) =>
    until('another primary', async () => {
      const named = await Promise.all(watchers.map(namedBy))
      const agreed = named.every((one) => one && one === named[0] && one !== server)
      return agreed && (await ask(named[0], 'ROLE'))[0] === 'master' && named[0]
    })
  const primary = () => namedBy(watchers[0])

  return {
    sentinels: watchers.map(({ url }) => url),
    service: SERVICE,
    servers,
    primary,
    async killPrimary() {
      const server = await primary()
      await server.kill()
      return { server, failedOver: () => successorOf(server) }
    },
    async failover() {
      const server = await primary()
      // Refused while replicas are still being seen to after the last failover.
      await until('a failover that begins', () => ask(watchers[0], 'SENTINEL', 'FAILOVER', SERVICE))
      return successorOf(server)
    },
    cli: (...command) => redisCli(watchers[0], undefined, command),
    async stop() {
      await Promise.all([...watchers.map((watcher) => watcher.kill()), ...servers.map(stopRedis)])
    },
  }
}

const stopRedis = (server) => server.stop()

async function startSentinel(port, primaryPort, quorum, redis) {
  const folder = temporaryFolder('sentinel')
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `bind 127.0.0.1`,
    `dir "${folder}"`,
    'protected-mode no',
    `sentinel monitor ${SERVICE} 127.0.0.1 ${primaryPort} ${quorum}`,
    `sentinel down-after-milliseconds ${SERVICE} ${DOWN_AFTER}`,
    `sentinel failover-timeout ${SERVICE} ${FAILOVER_TIMEOUT}`,
    ...(redis.password ? [`sentinel auth-pass ${SERVICE} ${JSON.stringify(redis.password)}`] : []),
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const listen = redis.tls ? tlsSettings(port, redis) : ['--port', String(port)]
  const args = [file, '--sentinel', ...listen]
  const { pid, kill } = await startProcess('redis-server', args, /\+monitor master/)
  const url = redis.tls ? `rediss://localhost:${port}` : `redis://127.0.0.1:${port}`
  const sentinel = { url, port, pid, kill, tls: redis.tls }
  const periods = Object.entries(PERIODS).flatMap(([name, period]) => [`${name}-PERIOD`, period])
  await ask(sentinel, 'SENTINEL', 'DEBUG', ...periods)
  return sentinel
}

async function knownBy(sentinel) {
  const fields = await ask(sentinel, 'SENTINEL', 'MASTER', SERVICE)
  const value = (name) => Number(fields[fields.indexOf(name) + 1])
  return [value('num-other-sentinels'), value('num-slaves')]
}
