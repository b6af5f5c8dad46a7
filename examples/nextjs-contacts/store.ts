import { MemoryStore, RedisStore } from '@chatbotkit/nextauth'

/**
 * Where codes and sessions live. Next.js evaluates this module several times in one process; all of its
 * copies get the same shared memory store, while each RedisStore is a connection of its own, so there
 * is one for the process.
 */
export const store = process.env.REDIS_URL
  ? redisStore(process.env.REDIS_URL)
  : MemoryStore.shared()

function redisStore(url: string): RedisStore {
  const process = globalThis as { chatbotkitStore?: RedisStore }
  process.chatbotkitStore ??= new RedisStore({ url })
  return process.chatbotkitStore
}
