'use strict'

/** The most of a body that is read, in bytes. A form with an address has a few hundred. */
const BODY_LIMIT = 65_536

/** Says that a body is longer than anything that NextAuth is sent. */
const TOO_LARGE = Symbol('too large')

/**
 * The members of a body, by the two content types that NextAuth reads.
 *
 * @param {string | null | undefined} contentType
 * @param {string} text
 * @returns {Record<string, unknown> | undefined}
 */
function parseBody(contentType, text) {
  try {
    if (contentType?.includes('application/json')) return JSON.parse(text)
    if (contentType?.includes('application/x-www-form-urlencoded')) {
      return Object.fromEntries(new URLSearchParams(text))
    }
  } catch {
    // NextAuth says what is wrong with it.
  }
}

/**
 * The whole of a stream of bytes as text, or TOO_LARGE. Of one that breaks off, what came.
 *
 * @param {AsyncIterable<Uint8Array>} stream
 */
async function readText(stream) {
  // Not `for await`: to leave that early is to end the stream, which closes the connection of a request
  // of Node before it is answered, and waits for the other reader of a copy.
  const iterator = stream[Symbol.asyncIterator]()
  const chunks = []
  let size = 0
  try {
    for (let it = await iterator.next(); !it.done; it = await iterator.next()) {
      size += it.value.length
      if (size > BODY_LIMIT) return TOO_LARGE
      chunks.push(it.value)
    }
  } catch {
    // Nobody waits for an answer any more.
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** One text of a field that may have been sent several times: the last, as NextAuth has it. */
function lastOf(value) {
  const last = Array.isArray(value) ? value.at(-1) : value
  return last === undefined || last === null ? undefined : String(last)
}

module.exports = { TOO_LARGE, lastOf, parseBody, readText }
