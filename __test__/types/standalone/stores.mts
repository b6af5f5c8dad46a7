import {
  ChatBotKitPartnerAdapter,
  type ConnectedStore,
  KVStore,
  MemoryStore,
  PostgresStore,
  RedisStore,
  SqliteStore,
  Store,
  type StoreLike,
  storeFrom,
} from '@chatbotkit/nextauth'
import { Redis } from '@upstash/redis'
import { createClient, kv } from '@vercel/kv'

// Clients as their packages make them.
ChatBotKitPartnerAdapter({ store: Redis.fromEnv() })
ChatBotKitPartnerAdapter({ store: new Redis({ url: 'https://redis.example', token: 'token' }) })
ChatBotKitPartnerAdapter({ store: kv })
ChatBotKitPartnerAdapter({ store: createClient({ url: 'https://kv.example', token: 'token' }) })

declare const unset: string | undefined
export const redis = new RedisStore({ url: unset, password: unset, timeout: 5_000 })
export const kvStore = new KVStore({ url: unset, token: unset })
export const sqlite = new SqliteStore({ path: unset })
export const postgres = new PostgresStore({ url: unset, table: 'auth.entries', tls: { ca: '' } })
ChatBotKitPartnerAdapter({ store: postgres })
ChatBotKitPartnerAdapter({ store: redis })
ChatBotKitPartnerAdapter({ store: sqlite })
ChatBotKitPartnerAdapter({ store: new SqliteStore({ path: ':memory:', timeout: 5_000 }) })
ChatBotKitPartnerAdapter({ store: kvStore })
ChatBotKitPartnerAdapter({ store: new KVStore() })
ChatBotKitPartnerAdapter({
  store: new RedisStore({
    sentinels: ['redis://one.example:26379', 'redis://two.example:26379'],
    service: 'main',
    tls: { ca: '-----BEGIN CERTIFICATE-----', service: true },
  }),
})

// What is left out comes from the environment.
export const ofEnvironment = [new RedisStore(), new PostgresStore(), new SqliteStore()]

// @ts-expect-error the option is called `url`
new RedisStore({ uri: 'redis://localhost' })
// @ts-expect-error a database has no path
new PostgresStore({ path: 'auth.db' })
// @ts-expect-error a file has no url
new SqliteStore({ url: 'file:auth.db' })
// @ts-expect-error nodes are a list
new RedisStore({ nodes: 'redis://localhost' })
// @ts-expect-error a REST database has no number
new KVStore({ database: 1 })

export class Asynchronous extends Store {
  #values = new Map<string, string>()

  override async get(key: string): Promise<string | null> {
    return this.#values.get(key) ?? null
  }

  override async set(key: string, value: unknown, options?: { px?: number }): Promise<void> {
    if (options?.px !== 0) this.#values.set(key, JSON.stringify(value))
  }

  override async del(key: string): Promise<void> {
    this.#values.delete(key)
  }

  async compareAndSet(key: string, expected: unknown, value: unknown): Promise<boolean> {
    if (this.#values.get(key) !== JSON.stringify(expected)) return false
    await this.set(key, value)
    return true
  }
}

export class Synchronous extends Store {
  override get(_key: string): unknown {
    return null
  }
  override set(): void {}
  override del(): void {}
}

ChatBotKitPartnerAdapter({ store: new Asynchronous() })
ChatBotKitPartnerAdapter({ store: new Synchronous() })

export class Counting extends MemoryStore {
  reads = 0

  override async get(key: string) {
    this.reads += 1
    return super.get(key)
  }
}
ChatBotKitPartnerAdapter({ store: new Counting() })

export const plain: StoreLike = {
  get: (key) => key,
  set: async (_key, _value, options) => options?.px,
  del: () => 1,
}
ChatBotKitPartnerAdapter({ store: plain })

const named = storeFrom({ REDIS_URL: unset })
const otherwise = storeFrom({}, { fallback: MemoryStore.shared() })
ChatBotKitPartnerAdapter({ store: named })
ChatBotKitPartnerAdapter({ store: otherwise })
// @ts-expect-error variables are texts
storeFrom({ REDIS_URL: 5 })
// @ts-expect-error an address is no store
storeFrom({}, { fallback: 'redis://localhost' })

// @ts-expect-error a Map has delete, not del
ChatBotKitPartnerAdapter({ store: new Map<string, string>() })
// @ts-expect-error del is missing
ChatBotKitPartnerAdapter({ store: { get: () => null, set: () => null } })
// @ts-expect-error keys are text
ChatBotKitPartnerAdapter({ store: { get: (key: number) => key, set: () => null, del: () => 1 } })
// @ts-expect-error an address is no store
ChatBotKitPartnerAdapter({ store: 'redis://localhost' })

const shared = MemoryStore.shared()
ChatBotKitPartnerAdapter({ store: MemoryStore.shared('tests') })
// @ts-expect-error the name is text
MemoryStore.shared(1)
// @ts-expect-error how many there are cannot be set
shared.size = 0

export type Stores = [
  Yes<IsSame<typeof named, ConnectedStore>>,
  Yes<IsSame<typeof otherwise, ConnectedStore | MemoryStore>>,
  Yes<IsSame<typeof shared, MemoryStore>>,
  Yes<IsSame<typeof shared.size, number>>,
  Yes<IsSame<ReturnType<typeof shared.set>, Promise<void>>>,
  Yes<IsSame<ReturnType<typeof shared.compareAndSet>, Promise<boolean>>>,
  Yes<IsSame<ReturnType<typeof shared.clear>, void>>,
  Yes<IsSame<ReturnType<typeof redis.ping>, Promise<void>>>,
  Yes<IsSame<ReturnType<typeof kvStore.close>, Promise<void>>>,
  Yes<IsSame<ReturnType<typeof sqlite.close>, Promise<void>>>,
  Yes<IsSame<ReturnType<typeof postgres.ping>, Promise<void>>>,
  No<IsAny<typeof redis>>,
  No<IsAny<typeof kvStore>>,
  // Otherwise the clients above would be accepted whatever they are.
  No<IsAny<Redis>>,
  No<IsAny<typeof kv>>,
  No<IsAny<StoreLike>>,
]
