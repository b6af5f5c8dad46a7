'use strict'

/**
 * A reply in place of a model's: it says whom it speaks with, and is always the same.
 *
 * @param {{text: string}[]} messages
 * @param {string | undefined} name of whom it speaks with
 * @returns {string}
 */
function replyText(messages, name) {
  return `Hello${name ? ` ${name}` : ''}. You said: ${messages.at(-1).text}`
}

/**
 * The events of a completion, of which the last one is the result.
 *
 * @param {{text: string}[]} messages
 * @param {string} text of the reply
 * @returns {{type: string, data: any}[]}
 */
function replyEvents(messages, text) {
  const tokens = text.split(/(?<=\s)/)
  const data = { text, usage: { token: tokens.length }, end: { reason: 'stop' } }
  return [
    { type: 'sendResult', data: { text: messages.at(-1).text, entities: [], usage: { token: 0 } } },
    ...tokens.map((token) => ({ type: 'token', data: { token } })),
    { type: 'receiveResult', data },
    { type: 'result', data },
  ]
}

module.exports = { replyEvents, replyText }
