/**
 * Real servers for tests. All of them listen on loopback, on ports nobody uses, keep nothing, and end
 * with the test process, whatever ends it.
 *
 *     const redis = await startRedis()
 *     t.after(() => redis.stop())
 *     await redis.cli('SET', 'key', 'value')
 */
export { startCluster } from './cluster.mjs'
export { commandCounts } from './command-counts.mjs'
export { ask, connect } from './connection.mjs'
export { startCountingProxy } from './counting-proxy.mjs'
export { redisFor, startRedis } from './redis.mjs'
export { RedisError } from './resp.mjs'
export { startRestFront } from './rest-front.mjs'
export { startSentinels } from './sentinels.mjs'
