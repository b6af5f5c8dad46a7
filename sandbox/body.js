'use strict'

/** Largest request body that is read. The facts name no number; this is a common one. */
const BODY_BYTES = 1024 * 1024

/**
 * @typedef {object} RequestBody
 * @property {unknown} value the parsed JSON, else the text; undefined without a body
 * @property {boolean} isJson
 * @property {boolean} isTooLarge more than 1 MiB came; `value` is the start of it
 */

/**
 * Reads a request to its end. What comes after 1 MiB is thrown away rather than
 * left unread: an answer to a peer that is still sending can be lost to a reset.
 *
 * @param {import('node:http').IncomingMessage} incoming
 * @returns {Promise<RequestBody>} rejects when the peer hangs up first
 */
async function readBody(incoming) {
  const chunks = []
  let bytes = 0
  for await (const chunk of incoming) {
    if (bytes < BODY_BYTES) chunks.push(chunk.subarray(0, BODY_BYTES - bytes))
    bytes += chunk.length
  }
  const text = Buffer.concat(chunks).toString()
  const isTooLarge = bytes > BODY_BYTES
  return isTooLarge ? { value: text, isJson: false, isTooLarge } : { ...parse(text), isTooLarge }
}

function parse(text) {
  if (text === '') return { value: undefined, isJson: false }
  try {
    return { value: JSON.parse(text), isJson: true }
  } catch {
    return { value: text, isJson: false }
  }
}

module.exports = { BODY_BYTES, readBody }
