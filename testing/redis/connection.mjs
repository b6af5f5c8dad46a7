/**
 * A connection of our own, so that what the tests find in Redis does not depend on what they test.
 */
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { encodeCommand, isAnswer, plain, ReplyReader } from './resp.mjs'

/**
 * @typedef {object} Address what `startRedis` returns fits
 * @property {string} url `redis://[:password@]host:port`, `rediss://…`, or `redis+unix:///path`
 * @property {import('../certificates.mjs').Certificates} [tls] for `rediss://`
 */

/**
 * @param {Address} address
 * @returns {Promise<Connection>}
 * @throws {Error} when nobody listens, or the password is wrong
 */
export async function connect(address) {
  const connection = open(address)
  await connection.command('PING')
  return connection
}

/**
 * @param {Address} address
 * @returns {Connection} that may still fail; its commands say so
 */
export function open(address) {
  const { password, ...options } = socketOptions(address)
  const connection = new Connection(options)
  // Not waited for: where it is refused, so is every command that follows.
  if (password) connection.send([['AUTH', password]]).catch(() => {})
  return connection
}

/**
 * One command over a connection of its own.
 *
 * @param {Address} address
 * @param {...(string | number | Buffer)} args
 * @throws {import('./resp.mjs').RedisError}
 */
export async function ask(address, ...args) {
  const connection = open(address)
  try {
    return await connection.command(...args)
  } finally {
    connection.close()
  }
}

/**
 * @param {Address} address
 * @returns options for a socket, and the password
 */
export function socketOptions({ url, tls }) {
  const { protocol, hostname, port, pathname, password } = new URL(url)
  const secret = decodeURIComponent(password)
  if (protocol === 'redis+unix:') return { path: decodeURIComponent(pathname), password: secret }
  const host = { host: hostname, port: Number(port), password: secret }
  if (protocol !== 'rediss:') return host
  return { ...host, tls: { ca: tls.ca.pem, ...tls.client.tls } }
}

/** Commands are answered in the order they were sent; what is sent at once is sent in one write. */
export class Connection {
  #socket
  #reader = new ReplyReader()
  #waiting = []
  #failure

  constructor({ tls, ...options }) {
    this.#socket = tls ? connectTls({ ...options, ...tls }) : connectTcp(options)
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk) => {
      for (const reply of this.#reader.read(chunk).filter(isAnswer)) {
        this.#waiting.shift()?.resolve(reply)
      }
    })
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('The connection to Redis was closed')))
  }

  /**
   * @param {(string | number | Buffer)[][]} commands sent in one write, as a pipeline
   * @returns {Promise<import('./resp.mjs').Reply[]>} errors among the replies are not thrown
   */
  send(commands) {
    if (this.#failure) return Promise.reject(this.#failure)
    this.#socket.write(Buffer.concat(commands.map(encodeCommand)))
    const replies = commands.map(
      () => new Promise((resolve, reject) => this.#waiting.push({ resolve, reject })),
    )
    return Promise.all(replies)
  }

  /**
   * @param {...(string | number | Buffer)} args
   * @throws {import('./resp.mjs').RedisError}
   */
  async command(...args) {
    const [reply] = await this.send([args])
    const result = plain(reply)
    if (result instanceof Error) throw result
    return result
  }

  get isOpen() {
    return this.#failure === undefined
  }

  close() {
    this.#socket.destroy()
  }

  #fail(error) {
    this.#failure ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
