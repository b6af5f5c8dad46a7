/**
 * Which commands a Redis ran, by its own account: `INFO commandstats`.
 */
import { ask } from './connection.mjs'

/** Commands of connections, of tests that look inside, of replicas and of sentinels; none has data. */
export const setupCommands = new Set([
  ...['hello', 'auth', 'client', 'select', 'ping', 'quit', 'reset'],
  ...[
    'readonly',
    'readwrite',
    'asking',
    'cluster',
    'command',
    'config',
    'info',
    'role',
    'sentinel',
  ],
  ...['replconf', 'psync', 'sync', 'replicaof', 'slaveof', 'publish', 'subscribe', 'psubscribe'],
])

/**
 * Counts from now on.
 *
 * Commands that a script runs count too, besides the EVAL or EVALSHA: a Lua script that gets and sets
 * shows as `{ eval: 1, get: 1, set: 1 }`. For a cluster, the primaries are added up; replicas would
 * count every write again.
 *
 * @param {import('./redis.mjs').Redis | import('./cluster.mjs').Cluster} redis
 * @returns {Promise<{ read(): Promise<{ commands: Record<string, number>, setup: Record<string, number> }>,
 *   reset(): Promise<void> }>} `read` gives what ran since the start or the last `reset`, by name in
 *   lower case, subcommands added up; `setup` are those of `setupCommands`
 */
export async function commandCounts(redis) {
  let before = await callsOf(redis)
  return {
    async read() {
      const now = await callsOf(redis)
      const counts = { commands: {}, setup: {} }
      for (const [name, calls] of Object.entries(now)) {
        const delta = calls - (before[name] ?? 0)
        if (delta > 0) counts[setupCommands.has(name) ? 'setup' : 'commands'][name] = delta
      }
      return counts
    },
    async reset() {
      before = await callsOf(redis)
    },
  }
}

async function callsOf(redis) {
  const servers = redis.primaries ? await redis.primaries() : [redis]
  const calls = {}
  for (const text of await Promise.all(
    servers.map((server) => ask(server, 'INFO', 'commandstats')),
  )) {
    for (const [, name, count] of text.matchAll(/^cmdstat_([^|:]+)[^:]*:calls=(\d+)/gm)) {
      calls[name] = (calls[name] ?? 0) + Number(count)
    }
  }
  return calls
}
