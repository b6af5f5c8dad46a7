'use strict'

const { hasMethods } = require('./methods.js')

/**
 * What has get, set and del and means something else by them: it would pass for a store and fail at
 * the first sign-in.
 */
const LOOK_ALIKES = [
  {
    what: 'a client whose methods take callbacks (legacy() of node-redis, or redis 3)',
    is: (it) => hasMethods(it, 'send_command') || hasMethods(it, 'sendCommand', 'evalSha'),
    instead: 'a client of redis 4 or newer as it is, or new RedisStore({ url })',
  },
  {
    what: 'a Valkey GLIDE client',
    is: (it) => hasMethods(it, 'customCommand'),
    instead: 'new RedisStore({ url })',
  },
  {
    what: "Bun's Redis client",
    is: (it) => hasMethods(it, 'send', 'hmget') && typeof it.connected === 'boolean',
    instead: 'new RedisStore({ url })',
  },
  {
    what: 'a cache of cache-manager',
    is: (it) => hasMethods(it, 'mget', 'mset', 'wrap'),
    instead: 'the Keyv instance that it is made of',
  },
]

/** What has not, and is known all the same. */
const OTHERS = [
  {
    what: 'a PostgreSQL client',
    is: (it) => hasMethods(it, 'query', 'connect'),
    instead: 'new PostgresStore({ url }), or an object that extends Store',
  },
  {
    what: 'a Prisma client',
    is: (it) => hasMethods(it, '$connect', '$disconnect'),
    instead: 'an object that extends Store',
  },
  {
    what: 'a SQLite database',
    is: (it) => hasMethods(it, 'prepare', 'exec'),
    instead: 'new SqliteStore({ path }), or an object that extends Store',
  },
  {
    what: 'a class',
    is: (it) => typeof it === 'function',
    instead: 'an instance of it, made with new',
  },
  {
    what: 'a Map',
    is: (it) => it instanceof Map,
    instead: 'new MemoryStore()',
  },
  {
    what: 'a Redis URL',
    is: (it) => typeof it === 'string' && /^(redis|valkey)s?:/.test(it),
    instead: 'new RedisStore({ url })',
  },
  {
    what: 'a promise',
    is: (it) => hasMethods(it, 'then'),
    instead: 'what it resolves with: await it first',
  },
]

/** @typedef {{ what: string, instead: string }} Mistaken what it is, and what to pass instead */

/** @returns {Mistaken | undefined} what `value` is, though it has get, set and del */
function lookAlike(value) {
  return LOOK_ALIKES.find(({ is }) => is(value))
}

/** @returns {Mistaken | undefined} what `value` is that is no store */
function known(value) {
  return OTHERS.find(({ is }) => is(value))
}

/** What kind of thing `value` is, for a message. Nothing of what is in it: it may be a secret. */
function kindOf(value) {
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  const name = Object.getPrototypeOf(value)?.constructor?.name
  return name && name !== 'Object' ? `an instance of ${name}` : 'an object'
}

module.exports = { kindOf, known, lookAlike }
