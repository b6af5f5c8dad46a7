/**
 * The Redis protocol, RESP2 and RESP3: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */

/**
 * A reply as it stands on the wire: its type byte and its value. `$` and `=` hold a Buffer or null,
 * `:` and `(` a bigint, `*`, `~` and `>` an array of replies or null, `%` and `|` a flat array of keys
 * and values, `+`, `-` and `!` a string.
 *
 * @typedef {{ type: string, value: string | bigint | number | boolean | Buffer | Reply[] | null }} Reply
 */

/** What Redis answered instead of a result; `message` starts with its code, as in `WRONGTYPE …`. */
export class RedisError extends Error {
  name = 'RedisError'
}

const SCALARS = {
  '+': String,
  '-': String,
  ':': BigInt,
  '(': BigInt,
  ',': Number,
  '#': (text) => text === 't',
  _: () => null,
}
const SIZED = { $: Buffer.from, '=': Buffer.from, '!': String }
const LISTS = { '*': 1, '~': 1, '>': 1, '%': 2, '|': 2 }

/**
 * @param {(string | number | bigint | Buffer)[]} args the command and its arguments
 * @returns {Buffer} the request
 */
export function encodeCommand(args) {
  const parts = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) {
    const bytes = Buffer.isBuffer(arg) ? arg : Buffer.from(String(arg))
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

/**
 * Reads one reply, or one request, which is an array of strings.
 *
 * @param {Buffer} bytes
 * @param {number} [start] where it begins, in bytes
 * @returns {{ reply: Reply, end: number } | undefined} undefined while part of it is missing
 */
export function readReply(bytes, start = 0) {
  const lineEnd = bytes.indexOf('\r\n', start)
  if (lineEnd === -1) return undefined
  const type = String.fromCharCode(bytes[start])
  const line = bytes.toString('utf8', start + 1, lineEnd)
  const end = lineEnd + 2
  if (type in SCALARS) return { reply: { type, value: SCALARS[type](line) }, end }
  const size = Number(line)
  if (!Number.isInteger(size)) throw new Error(`Not the Redis protocol: ${type}${line}`)
  if (size === -1) return { reply: { type, value: null }, end }
  if (type in SIZED) return readSized(bytes, type, end, size)
  if (type in LISTS) return readList(bytes, type, end, size * LISTS[type])
  throw new Error(`Not the Redis protocol: ${type}${line}`)
}

function readSized(bytes, type, start, size) {
  const end = start + size + 2
  if (bytes.length < end) return undefined
  return { reply: { type, value: SIZED[type](bytes.subarray(start, end - 2)) }, end }
}

function readList(bytes, type, start, length) {
  const value = []
  let end = start
  while (value.length < length) {
    const item = readReply(bytes, end)
    if (!item) return undefined
    value.push(item.reply)
    end = item.end
  }
  // An attribute says something about the reply that follows it, which is the one asked for.
  if (type === '|') return readReply(bytes, end)
  return { reply: { type, value }, end }
}

/** Splits a stream of bytes into replies or requests, however it was cut into chunks. */
export class ReplyReader {
  #unread = Buffer.alloc(0)

  /**
   * @param {Buffer} chunk
   * @returns {Reply[]} those that are complete now
   */
  read(chunk) {
    const bytes = this.#unread.length > 0 ? Buffer.concat([this.#unread, chunk]) : chunk
    const replies = []
    let start = 0
    for (;;) {
      const next = start < bytes.length ? readReply(bytes, start) : undefined
      if (!next) break
      replies.push(next.reply)
      start = next.end
    }
    this.#unread = bytes.subarray(start)
    return replies
  }

  /** Whether a reply or request has begun and not ended. */
  get isMidway() {
    return this.#unread.length > 0
  }
}

/**
 * @param {Reply} reply
 * @returns {unknown} strings for strings, numbers (bigints beyond 2^53) for integers, arrays for lists,
 *   a RedisError for an error
 */
export function plain({ type, value }) {
  if (type === '-' || type === '!') return new RedisError(value)
  if (Array.isArray(value)) return value.map(plain)
  if (Buffer.isBuffer(value)) return value.toString()
  if (typeof value !== 'bigint') return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** @returns {boolean} false for what RESP3 pushes unasked, between the answers */
export function isAnswer({ type }) {
  return type !== '>'
}
