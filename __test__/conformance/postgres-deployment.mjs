/**
 * Deployments whose data are in PostgreSQL, which the tests look at with psql.
 */
import { PostgresStore } from '../../index.js'

/** Everything whose time has not come: values, and sets with their members. */
const ENTRIES = `
SELECT json_agg(json_build_object('key', key, 'value', value, 'ttl',
  CASE WHEN is_endless THEN NULL ELSE extract(epoch FROM ends - now()) * 1000 END)) FROM (
  SELECT key, coalesce(min(value), string_agg(member, ' ')) AS value, max(ends) AS ends,
    bool_or(ends IS NULL) AS is_endless
  FROM chatbotkit_nextauth WHERE ends IS NULL OR ends > now() GROUP BY key, member = '') AS entries`

/**
 * @param {string} name
 * @param {import('../../testing/postgres/postgres.mjs').Postgres} postgres who has the data
 * @param {object} options of the stores
 * @param {() => Promise<void>} [stop] ends what is in between
 * @returns {import('./conformance.mjs').Deployment}
 */
export function postgresDeployment(name, postgres, options, stop) {
  const stores = []
  return {
    name,
    createStore() {
      const store = new PostgresStore(options)
      stores.push(store)
      return store
    },
    async keys() {
      return JSON.parse((await postgres.sql(ENTRIES)) || '[]')
    },
    async persist(key) {
      const quoted = key.replaceAll("'", "''")
      await postgres.sql(`UPDATE chatbotkit_nextauth SET ends = NULL WHERE key = '${quoted}'`)
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()))
      await stop?.()
      await postgres.stop()
    },
  }
}
