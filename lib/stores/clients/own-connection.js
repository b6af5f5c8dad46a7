'use strict'

/** How long one caller may have the connection, in milliseconds, before it is taken for dead. */
const TURN = 5_000

/**
 * @typedef {object} WatchedConnection
 * @property {(key: string) => Promise<unknown>} watch
 * @property {() => Promise<unknown>} unwatch
 * @property {(key: string) => Promise<string | null>} get
 * @property {(key: string, value: string | null, px?: number) => Promise<boolean>} write in MULTI and
 *   EXEC; false when a watched key changed
 * @property {() => void} close
 */

/**
 * A connection for WATCH, MULTI and EXEC, used by one caller at a time.
 *
 * WATCH belongs to a connection, and an EXEC ends all watches of it. On the application's own
 * connection an EXEC of another caller, or of the application, would come between a WATCH and the EXEC
 * that relies on it, and the write would go through unguarded. A lock among our callers does not keep
 * the application out. So this is a copy of the client, with turns. It never reconnects by itself: a
 * new connection watches nothing, and would be as unguarded.
 *
 * It is opened for the first caller who waits and ended after the last one, so it keeps no process
 * alive after the application has closed its client.
 */
class OwnConnection {
  #open
  #connection
  #queue = Promise.resolve()
  #waiting = 0

  /** @param {() => Promise<WatchedConnection>} open */
  constructor(open) {
    this.#open = open
  }

  /**
   * @template T
   * @param {(connection: WatchedConnection) => Promise<T>} act
   * @returns {Promise<T>}
   */
  run(act) {
    this.#waiting += 1
    const turn = this.#queue.then(() => this.#turn(act))
    this.#queue = turn.catch(() => {})
    return turn
  }

  async #turn(act) {
    try {
      this.#connection ??= await this.#open()
      return await bounded(this.#connection, act)
    } catch (error) {
      // What it watches, or how far a transaction came, is unknown.
      this.#end()
      throw error
    } finally {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#end()
    }
  }

  #end() {
    this.#connection?.close()
    this.#connection = undefined
  }
}

/** A host that is gone says nothing. Closing the connection rejects the commands that wait for it. */
async function bounded(connection, act) {
  const timer = setTimeout(() => connection.close(), TURN)
  try {
    return await act(connection)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs `act` on the node of a cluster that has the key. Those that have not answer MOVED to WATCH, and
 * one that lost the slot since aborts the EXEC, so nothing is done twice.
 *
 * @template T
 * @param {OwnConnection[]} connections one for each primary
 * @param {(connection: WatchedConnection) => Promise<T>} act
 * @returns {Promise<T>}
 */
async function onOwner(connections, act) {
  let moved = new Error('No node of the cluster is connected')
  for (const connection of connections) {
    try {
      return await connection.run(act)
    } catch (error) {
      if (!/^MOVED /.test(error?.message)) throw error
      moved = error
    }
  }
  throw moved
}

module.exports = { OwnConnection, onOwner }
