'use strict'

const http = require('node:http')

const LOOPBACK_BY_WILDCARD = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/**
 * @typedef {object} Address
 * @property {string} url origin without path, e.g. `http://127.0.0.1:4010`
 * @property {number} port
 */

/** The HTTP server: opened once, closed once. */
class Listener {
  /** @type {http.Server | null} */
  #server = null
  /** @type {Promise<void> | null} */
  #closing = null
  #handle

  /** @param {http.RequestListener} handle */
  constructor(handle) {
    this.#handle = handle
    /** @type {string | null} origin without path; null while not listening */
    this.url = null
  }

  /**
   * @param {number} port 0 for a free one
   * @param {string} host
   * @returns {Promise<Address>} rejects when the port is taken, or after an earlier listen or close
   */
  async listen(port, host) {
    if (this.#closing) throw new Error('The sandbox is closed')
    if (this.#server) throw new Error('The sandbox is already listening')
    const server = http.createServer(this.#handle)
    this.#server = server
    try {
      await new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, resolve)
      })
    } catch (error) {
      this.#server = null
      throw error
    }
    const address = server.address()
    this.url = originOf(address)
    return { url: this.url, port: address.port }
  }

  /**
   * Ends the server and every open connection. Further calls wait for the same end.
   *
   * @returns {Promise<void>}
   */
  close() {
    this.#closing ??= new Promise((resolve) => {
      this.url = null
      if (!this.#server) return resolve()
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
    return this.#closing
  }
}

function originOf({ address, port }) {
  const host = LOOPBACK_BY_WILDCARD[address] ?? address
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

module.exports = { Listener }
