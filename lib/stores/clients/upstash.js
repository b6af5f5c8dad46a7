'use strict'

const { hasMethods } = require('./methods.js')
const { RedisClientStore } = require('./redis-client-store.js')

const NAME = 'an Upstash or Vercel KV client'

/** `@upstash/redis`, and `@vercel/kv`, which is made of it. */
function recognises(client) {
  try {
    return (
      hasMethods(client, 'get', 'set', 'del', 'eval', 'evalsha', 'pipeline', 'multi') &&
      client.status === undefined &&
      client.isOpen === undefined
    )
  } catch (error) {
    // The `kv` of @vercel/kv says this to whoever looks at it. Applications are built without these
    // variables, so it is an error of the first call, as it is with KVStore.
    return /^@vercel\/kv: Missing required environment variables/.test(error?.message)
  }
}

/**
 * Scripts read, too: what `get` answers was parsed, or not, as the client is set. There is no WATCH
 * over REST, so where a token may not run scripts nothing here works.
 */
function wrap(client) {
  return new RedisClientStore({
    set: (key, text, px) => client.set(key, text, px === undefined ? undefined : { px }),
    del: (key) => client.del(key),
    evaluate: (script, key, args) => client.eval(script, [key], args),
  })
}

module.exports = { name: NAME, recognises, wrap }
