'use strict'

const { ApiError } = require('./errors')
const { readBody } = require('./body')
const { redacted } = require('./request-log')
const { matchRoute } = require('./routes')
const { sendAnswer, wait } = require('./wire')

/**
 * @typedef {object} ExchangeContext
 * @property {import('./api').Api} api
 * @property {import('./faults').Faults} faults
 * @property {import('./request-log').RequestLog} log
 * @property {import('./routes').Generation[]} generations those served
 * @property {number} latency ms added to each answer
 * @property {((entry: import('./request-log').RequestEntry) => void) | undefined} onRequest
 */

/**
 * One request from its first byte to the end of its answer.
 *
 * @param {ExchangeContext} context
 * @param {import('node:http').IncomingMessage} incoming
 * @param {import('node:http').ServerResponse} response
 */
async function handleExchange(context, incoming, response) {
  const hangUp = new AbortController()
  response.once('close', () => hangUp.abort())
  try {
    await exchange(context, incoming, response, hangUp.signal)
  } catch (error) {
    // A peer that hung up broke off the reading or the writing: nobody is left to answer.
    if (hangUp.signal.aborted) return
    if (response.headersSent) response.destroy()
    else sendAnswer(response, new ApiError(500, `Sandbox failure: ${error.message}`).toAnswer())
  }
}

async function exchange(context, incoming, response, signal) {
  const at = Date.now()
  const [path, ...search] = incoming.url.split('?')
  const query = new URLSearchParams(search.join('?'))
  const asked = matchRoute(path)
  const match = asked && isServed(asked, context.generations) ? asked : null
  const body = await readBody(incoming)

  /** @type {import('./request-log').RequestEntry} */
  const entry = {
    method: incoming.method,
    path,
    route: asked?.route ?? null,
    generation: asked?.generation ?? null,
    query: Object.fromEntries(query),
    headers: redacted(incoming.headers),
    body: body.value,
    status: null,
    at,
    fault: null,
  }
  record(context, entry, response)

  let applied
  const apply = () => {
    const { method, headers } = incoming
    applied ??= context.api.answer({ method, path, match, query, headers, body })
    return applied
  }

  const fault = context.faults.claim(entry, match !== null)
  if (fault) {
    entry.fault = fault.type
    await wait(context.latency, signal)
    const isApplied = () => applied !== undefined
    await fault.serve({ response, entry, query, signal, apply, isApplied })
  } else {
    const answer = apply()
    await wait(context.latency, signal)
    sendAnswer(response, answer)
  }
}

/** Only the routes of users come in generations. */
function isServed({ generation }, generations) {
  return generation === null || generations.includes(generation)
}

function record({ log, onRequest }, entry, response) {
  log.add(entry)
  response.once('prefinish', () => {
    entry.status = response.statusCode
  })
  response.once('close', () => {
    if (response.headersSent) entry.status = response.statusCode
    onRequest?.(entry)
  })
}

module.exports = { handleExchange }
