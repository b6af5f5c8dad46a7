'use strict'

/**
 * @param {unknown} json
 * @returns {import('./errors').Answer}
 */
const ok = (json) => ({ status: 200, headers: {}, json })

/**
 * The streamed form of an answer: one event a line.
 *
 * @param {{type: string, data: unknown}[]} events
 * @returns {import('./errors').Answer}
 */
function jsonLines(events) {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
  return { status: 200, headers: {}, text, contentType: 'application/jsonl; charset=utf-8' }
}

/**
 * Whether the streamed form is asked for.
 *
 * @param {string} accept the Accept header
 */
const wantsJsonLines = (accept) => accept.includes('application/jsonl')

module.exports = { jsonLines, ok, wantsJsonLines }
