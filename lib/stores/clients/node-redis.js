'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

const { isNextBuild } = require('../../next-build.js')
const { invalid } = require('../../option-checks.js')
const { hasMethods } = require('./methods.js')
const { OwnConnection, onOwner } = require('./own-connection.js')
const { RedisClientStore } = require('./redis-client-store.js')

const NAME = 'a node-redis client'

/** Version 4 and newer: one server, a pool, a cluster or sentinels. */
function recognises(client) {
  return (
    typeof client.isOpen === 'boolean' &&
    hasMethods(client, 'get', 'set', 'del', 'eval', 'multi', 'connect')
  )
}

function wrap(given) {
  if (!given.isOpen && !isNextBuild()) {
    throw invalid(
      `The option "store" is ${NAME} that is not connected, or was closed. Call its connect() before the adapter is made, which need not wait for it, or pass new RedisStore({ url }), which connects by itself`,
    )
  }
  // Version 4 with legacyMode has the methods that return promises elsewhere.
  const client = given.options?.legacyMode ? given.v4 : given
  const ready = isCluster(given) ? (call) => found(given).then(call) : (call) => call()
  const get = (key) => ready(() => client.get(key))
  return new RedisClientStore({
    ...(mayReadReplicas(given) ? { getWithoutScripts: get } : { get }),
    set: (key, text, px) => ready(() => client.set(key, text, lifetime(px))),
    del: (key) => ready(() => client.del(key)),
    evaluate: (script, key, args) => ready(() => evaluate(client, script, key, args)),
    watched: watchedBy(given),
  })
}

function evaluate(client, script, key, args) {
  // In version 4 a cluster's eval() does not find the key, and asks any node, replicas among them.
  if (isCluster(client) && !hasMethods(client, 'destroy')) {
    return client.sendCommand(key, false, ['EVAL', script, '1', key, ...args])
  }
  return client.eval(script, { keys: [key], arguments: args })
}

/** How long a call waits for a client that finds its servers, and how often it looks, in milliseconds. */
const FINDING = 5_000
const LOOKING = 20

/**
 * Unlike a client of one server, one of a cluster keeps no commands until it knows the nodes: it fails
 * them, with a TypeError before version 6. There is no event for that in all versions.
 */
async function found(cluster) {
  const isFinding = () =>
    cluster.isOpen && (cluster.isReady === false || cluster.masters.length === 0)
  const end = performance.now() + FINDING
  while (isFinding() && performance.now() < end) await sleep(LOOKING)
}

const isCluster = (client) => hasMethods(client, 'nodeClient')
const isSentinel = (client) => hasMethods(client, 'use', 'acquire')

/** Whether they are told to (`useReplicas`, `replicaPoolSize`) is not to be seen from outside. */
function mayReadReplicas(client) {
  return isCluster(client) || isSentinel(client)
}

/**
 * Sentinel clients and pools lend a connection to one borrower at a time, and know when it is not the
 * one that was watched on any more. Others are copied.
 */
function watchedBy(client) {
  if (isCluster(client)) return inCluster(client)
  if (isSentinel(client)) return (act) => client.use((lent) => act(ofSentinel(lent)))
  if (!hasMethods(client, 'duplicate')) {
    return (act) => client.execute((lent) => act(ofPool(lent, client)))
  }
  const own = new OwnConnection(() => open(client))
  return (act) => own.run(act)
}

// What is lent may have a cache, which could answer with what was there before the watch, so it is asked
// without it. Raw commands know nothing of the prefix, nor does a connection of a pool.

function ofSentinel(lent) {
  const prefix = lent._keyPrefix ?? ''
  return watchable(lent, { read: (key) => lent.sendCommand(false, ['GET', prefix + key]) })
}

function ofPool(lent, { _keyPrefix: prefix = '' }) {
  return watchable(lent, { prefix, read: (key) => lent.sendCommand(['GET', key]) })
}

function inCluster(cluster) {
  const owns = new WeakMap()
  // Version 6 has a prefix, of which the nodes' clients know nothing: the cluster puts it before keys.
  const keyPrefix = cluster._keyPrefix
  const overrides = keyPrefix === undefined ? {} : { keyPrefix }
  const ownOf = (node) => {
    if (!owns.has(node)) {
      const openCopy = async () => open(await cluster.nodeClient(node), overrides)
      owns.set(node, new OwnConnection(openCopy))
    }
    return owns.get(node)
  }
  return (act) => onOwner(cluster.masters.map(ownOf), act)
}

/** A copy of a client that connects once. What OwnConnection says of reconnecting is why. */
async function open(client, overrides) {
  const copy = client.duplicate({
    ...overrides,
    legacyMode: false,
    disableOfflineQueue: true,
    // It could answer with what was there before the watch.
    clientSideCache: undefined,
    socket: { ...client.options?.socket, reconnectStrategy: false },
  })
  // What fails is told by the commands.
  copy.on('error', () => {})
  await copy.connect()
  return {
    ...watchable(copy),
    close() {
      // Version 4 has no destroy(); a closed one refuses to be closed again.
      if (!copy.isOpen) return
      if (hasMethods(copy, 'destroy')) copy.destroy()
      else copy.disconnect().catch(() => {})
    },
  }
}

function lifetime(px) {
  return px === undefined ? undefined : { PX: px }
}

/** @param {{ prefix?: string, read?: (key: string) => Promise<any> }} [how] */
function watchable(client, { prefix = '', read = (key) => client.get(key) } = {}) {
  return {
    watch: (key) => client.watch(prefix + key),
    unwatch: () => client.unwatch(),
    get: async (key) => {
      const text = await read(prefix + key)
      return text === null ? null : String(text)
    },
    async write(key, value, px) {
      const transaction = client.multi()
      if (value === null) transaction.del(prefix + key)
      else transaction.set(prefix + key, value, lifetime(px))
      try {
        await transaction.exec()
        return true
      } catch (error) {
        // WatchError, a class that is in the application's copy of the client.
        if (/\bwatch(ed)?\b/i.test(error?.message)) return false
        throw error
      }
    },
  }
}

module.exports = { name: NAME, recognises, wrap }
