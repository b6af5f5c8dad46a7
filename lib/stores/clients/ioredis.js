'use strict'

const { invalid } = require('../../option-checks.js')
const { hasMethods } = require('./methods.js')
const { OwnConnection, onOwner } = require('./own-connection.js')
const { RedisClientStore } = require('./redis-client-store.js')

const NAME = 'an ioredis client'

/** One server, sentinels or a cluster, in whatever state. */
function recognises(client) {
  return (
    typeof client.status === 'string' &&
    hasMethods(client, 'get', 'set', 'del', 'eval', 'multi', 'duplicate', 'disconnect')
  )
}

/** Connecting, waiting to be used (`lazyConnect`) and reconnecting are all well: commands wait. */
function wrap(client) {
  if (client.status === 'end') {
    throw invalid(
      `The option "store" is ${NAME} that was closed (its status is "end"). Pass one that is in use, or new RedisStore({ url }), which connects by itself`,
    )
  }
  const get = (key) => client.get(key)
  return new RedisClientStore({
    ...(readsReplicas(client) ? { getWithoutScripts: get } : { get }),
    set: (key, text, px) =>
      px === undefined ? client.set(key, text) : client.set(key, text, 'PX', px),
    del: (key) => client.del(key),
    evaluate: (script, key, args) => client.eval(script, 1, key, ...args),
    watched: hasMethods(client, 'nodes') ? inCluster(client) : onServer(client),
  })
}

function readsReplicas({ options }) {
  return options?.scaleReads !== undefined && options.scaleReads !== 'master'
}

function onServer(client) {
  const own = new OwnConnection(() => open(client))
  return (act) => own.run(act)
}

function inCluster(cluster) {
  const owns = new WeakMap()
  // The nodes' clients know nothing of the prefix, which the cluster puts before keys.
  const { keyPrefix } = cluster.options
  const ownOf = (node) => {
    if (!owns.has(node)) owns.set(node, new OwnConnection(() => open(node, { keyPrefix })))
    return owns.get(node)
  }
  return (act) => onOwner(cluster.nodes('master').map(ownOf), act)
}

/** A copy of a client that connects once. What OwnConnection says of reconnecting is why. */
async function open(client, overrides) {
  const copy = client.duplicate({
    ...overrides,
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    autoResendUnfulfilledCommands: false,
    reconnectOnError: null,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
  })
  // What fails is told by the commands.
  copy.on('error', () => {})
  await copy.connect()
  return {
    watch: (key) => copy.watch(key),
    unwatch: () => copy.unwatch(),
    get: (key) => copy.get(key),
    async write(key, value, px) {
      const transaction = copy.multi()
      if (value === null) transaction.del(key)
      else if (px === undefined) transaction.set(key, value)
      else transaction.set(key, value, 'PX', px)
      const answers = await transaction.exec()
      const failed = answers?.find(([error]) => error)
      if (failed) throw failed[0]
      return answers !== null
    },
    close: () => copy.disconnect(),
  }
}

module.exports = { name: NAME, recognises, wrap }
