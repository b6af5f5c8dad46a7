'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * @param {import('./errors').Answer} answer
 * @returns {Buffer}
 */
function bodyOf(answer) {
  return Buffer.from(answer.text ?? JSON.stringify(answer.json))
}

/**
 * Sends the head of an answer.
 *
 * @param {import('node:http').ServerResponse} response
 * @param {import('./errors').Answer} answer
 * @param {number} [contentLength] bytes; without it the body is sent in chunks
 */
function sendHead(response, { status, headers, contentType = JSON_TYPE }, contentLength) {
  response.writeHead(status, {
    'content-type': contentType,
    ...(contentLength !== undefined && { 'content-length': contentLength }),
    ...headers,
  })
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {import('./errors').Answer} answer
 * @param {Buffer} [body] sent in place of the answer's own
 */
function sendAnswer(response, answer, body = bodyOf(answer)) {
  if (response.destroyed) return
  sendHead(response, answer, body.length)
  response.end(body)
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>} rejects with an AbortError when the peer hangs up first
 */
async function wait(ms, signal) {
  if (ms > 0) await sleep(ms, undefined, { signal })
}

module.exports = { bodyOf, sendAnswer, sendHead, wait }
