import { SqliteStore, storeFrom } from '@chatbotkit/nextauth'

/**
 * Where codes and sessions live: what REDIS_URL, KV_REST_API_URL or DATABASE_URL names, otherwise a file
 * in the application's folder, which a restart leaves as it is. Next.js evaluates this module several
 * times in one process; all of its copies get the same data.
 */
export const store = storeFrom(process.env, { fallback: new SqliteStore({ path: 'auth.db' }) })
