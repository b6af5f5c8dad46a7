import { MemoryStore, storeFrom } from '@chatbotkit/nextauth'

/**
 * Where codes live: what REDIS_URL, KV_REST_API_URL or DATABASE_URL names, otherwise the memory of this
 * process. Sessions are signed cookies. Next.js evaluates this module several times in one process; all
 * of its copies get the same store.
 */
export const store = storeFrom(process.env, { fallback: MemoryStore.shared() })
