/**
 * A deployment whose data are in a file.
 */
import { SqliteStore } from '../../index.js'
import { newDatabase, query } from '../../testing/sqlite/database.mjs'

/** Everything whose time has not come: values, and sets with their members. */
const ENTRIES = `
SELECT key, value, ends - ?1 FROM entries WHERE ends IS NULL OR ends > ?1
UNION ALL
SELECT key, group_concat(member, ' '),
       CASE WHEN count(ends) < count(*) THEN NULL ELSE max(ends) - ?1 END
FROM members WHERE ends IS NULL OR ends > ?1 GROUP BY key`

/** @param {string} [path] @returns {import('./conformance.mjs').Deployment} */
export function sqliteDeployment(name, path = newDatabase()) {
  const stores = []
  return {
    name,
    createStore() {
      const store = new SqliteStore({ path })
      stores.push(store)
      return store
    },
    async keys() {
      const sql = ENTRIES.replaceAll('?1', Date.now())
      return (await query(path, sql)).map(([key, value, ttl]) => ({ key, value, ttl }))
    },
    async persist(key) {
      await query(path, 'UPDATE entries SET ends = NULL WHERE key = ?', key)
      await query(path, 'UPDATE members SET ends = NULL WHERE key = ?', key)
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()))
    },
  }
}
