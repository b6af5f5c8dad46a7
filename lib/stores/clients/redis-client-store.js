'use strict'

const { Store } = require('../store.js')
const { byScript, byTransaction } = require('./compare-and-set.js')
const { READ, refusesScripts, unmarked } = require('./scripts.js')

/**
 * What a family of Redis clients can do, in one shape. Values are texts.
 *
 * @typedef {object} RedisCommands
 * @property {(key: string) => Promise<any>} [get] left out where the client may change what it reads,
 *   or reads from a replica, which may not have heard of the latest write; a script reads then
 * @property {(key: string) => Promise<any>} [getWithoutScripts] what reads then where scripts are refused
 * @property {(key: string, text: string, px?: number) => Promise<unknown>} set
 * @property {(key: string) => Promise<unknown>} del
 * @property {(script: string, key: string, args: string[]) => Promise<any>} evaluate
 * @property {<T>(act: (connection: import('./own-connection.js').WatchedConnection) => Promise<T>) => Promise<T>} [watched]
 *   runs `act` on a connection that is nobody else's meanwhile; left out where there is no WATCH
 */

/** Values in Redis through a client of the application, atomic across processes. */
class RedisClientStore extends Store {
  #commands
  #scripts = true

  /** @param {RedisCommands} commands */
  constructor(commands) {
    super()
    this.#commands = commands
  }

  /** @returns {Promise<string | null>} the JSON text */
  async get(key) {
    const { get, getWithoutScripts, evaluate } = this.#commands
    if (get) return textOrNull(await get(key))
    return this.#byScript(
      async () => unmarked(await evaluate(READ, key, [])),
      getWithoutScripts && (async () => textOrNull(await getWithoutScripts(key))),
    )
  }

  async set(key, value, options) {
    await this.#commands.set(key, JSON.stringify(value), lifetime(options))
  }

  async del(key) {
    await this.#commands.del(key)
  }

  compareAndSet(key, expected, value, options) {
    const { evaluate, watched } = this.#commands
    const change = { expected: asText(expected), value: asText(value), px: lifetime(options) }
    return this.#byScript(
      () => byScript(evaluate, key, change),
      watched && (() => watched((connection) => byTransaction(connection, key, change))),
    )
  }

  /** Runs the first, or the second from when the server has refused scripts. */
  async #byScript(scripted, otherwise) {
    if (this.#scripts) {
      try {
        return await scripted()
      } catch (error) {
        if (!otherwise || !refusesScripts(error)) throw error
        this.#scripts = false
      }
    }
    return otherwise()
  }
}

function asText(value) {
  return value === null || value === undefined ? null : JSON.stringify(value)
}

/** A client can be told to answer with Buffers. */
function textOrNull(answer) {
  return answer === null || answer === undefined ? null : String(answer)
}

/** Redis wants whole milliseconds, and at least one. */
function lifetime(options) {
  const px = options?.px
  return px === undefined || px === null ? undefined : Math.max(1, Math.ceil(px))
}

module.exports = { RedisClientStore }
