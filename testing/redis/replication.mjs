/**
 * Waiting for replicas.
 */
import { until } from '../waiting.mjs'
import { ask } from './connection.mjs'

/**
 * Waits until every replica has acknowledged what the primary held when this was called. Not `WAIT`:
 * that asks after the writes of its own connection, and a new connection has none.
 *
 * @param {import('./connection.mjs').Address} primary
 * @param {number} count how many replicas there have to be
 */
export async function replicated(primary, count) {
  const [, offset] = await ask(primary, 'ROLE')
  await until('replicas to catch up', async () => {
    const [, , replicas] = await ask(primary, 'ROLE')
    const caughtUp = replicas.filter(([, , acknowledged]) => Number(acknowledged) >= Number(offset))
    return caughtUp.length >= count
  })
}
