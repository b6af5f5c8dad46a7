'use strict'

const { Readable } = require('node:stream')
const { pipeline } = require('node:stream/promises')

const { ApiError } = require('./errors')
const { freshId } = require('./ids')
const { PAGED_ROUTES } = require('./routes')
const { bodyOf, sendAnswer, sendHead, wait } = require('./wire')

const DEFAULT_DELAY = 1000 // ms
const DEFAULT_BYTE_DELAY = 100 // ms
const DEFAULT_DEPTH = 100_000 // levels
const DEFAULT_HUGE_BYTES = 1024 ** 3
const CHUNK_BYTES = 64 * 1024
const PAGE = 100 // items

const isStatus = (value) => Number.isInteger(value) && value >= 200 && value <= 599
const isText = (value) => typeof value === 'string'
const isCount = (value) => Number.isSafeInteger(value) && value >= 0
const isDelay = (value) => Number.isFinite(value) && value >= 0
const isHeaders = (value) =>
  value !== null && typeof value === 'object' && Object.values(value).every(isText)
const isPromise = (value) => typeof value?.then === 'function'
const isJson = (value) => JSON.stringify(value) !== undefined

const required = (check) => ({ check, required: true })
const optional = (check, fallback) => ({ check, fallback })

/**
 * What a fault has to work with.
 *
 * @typedef {object} Exchange
 * @property {import('node:http').ServerResponse} response
 * @property {import('./request-log').RequestEntry} entry
 * @property {URLSearchParams} query
 * @property {AbortSignal} signal aborted when the peer hangs up or the sandbox closes
 * @property {() => import('./errors').Answer} apply applies the request, once, and returns its true answer
 * @property {() => boolean} isApplied whether that has happened
 *
 * @typedef {object} FaultKind
 * @property {Record<string, {check: (value: any) => boolean, required?: boolean, fallback?: unknown}>} options
 * @property {readonly import('./routes').RouteName[]} [onlyRoutes] where the fault has no meaning elsewhere
 * @property {(options: any, exchange: Exchange) => unknown} serve
 */

/** @type {Record<string, FaultKind>} */
const FAULT_KINDS = {
  status: {
    options: {
      status: required(isStatus),
      code: optional(isText),
      message: optional(isText, 'Injected fault'),
      headers: optional(isHeaders, {}),
    },
    serve: ({ status, code, message, headers }, { response }) =>
      sendAnswer(response, new ApiError(status, message, { code, headers }).toAnswer()),
  },

  html: {
    options: { status: optional(isStatus, 502) },
    serve: ({ status }, { response }) =>
      sendAnswer(response, {
        status,
        headers: {},
        contentType: 'text/html; charset=utf-8',
        text: `<!doctype html><html><head><title>${status}</title></head><body><h1>${status}</h1><p>gateway</p></body></html>\n`,
      }),
  },

  hang: { options: {}, serve() {} },

  // For tests of what happens in which order: no delay is long enough on every machine.
  held: {
    options: { until: required(isPromise) },
    async serve({ until }, { apply, response, signal }) {
      await Promise.race([until, aborted(signal)])
      if (!signal.aborted) sendAnswer(response, apply())
    },
  },

  'slow-headers': {
    options: { delay: optional(isDelay, DEFAULT_DELAY) },
    async serve({ delay }, { apply, response, signal }) {
      await wait(delay, signal)
      sendAnswer(response, apply())
    },
  },

  'slow-body': {
    options: { delay: optional(isDelay, DEFAULT_BYTE_DELAY) },
    async serve({ delay }, { apply, response, signal }) {
      const answer = apply()
      const body = bodyOf(answer)
      sendHead(response, answer, body.length)
      response.flushHeaders()
      for (const byte of body) {
        await wait(delay, signal)
        response.write(Buffer.of(byte))
      }
      response.end()
    },
  },

  reset: { options: {}, serve: (_, { response }) => response.socket.resetAndDestroy() },

  'reset-body': {
    options: {},
    serve(_, exchange) {
      const { response } = exchange
      const answer = lostAnswer(exchange)
      const body = bodyOf(answer)
      sendHead(response, answer, body.length)
      // Once it has left: a socket destroyed at once takes the head along.
      response.write(firstHalf(body), () => response.destroy())
    },
  },

  truncate: {
    options: {},
    serve(_, exchange) {
      const answer = lostAnswer(exchange)
      sendAnswer(exchange.response, answer, firstHalf(bodyOf(answer)))
    },
  },

  empty: { options: {}, serve: (_, { response }) => sendAnswer(response, text('')) },

  error200: {
    options: {
      code: optional(isText, 'TIMEOUT'),
      message: optional(isText, 'The request took too long'),
    },
    serve: ({ code, message }, { response }) => sendAnswer(response, json({ message, code })),
  },

  malformed: {
    options: {},
    serve: (_, { response }) => sendAnswer(response, text('{"items": [oops')),
  },

  deep: {
    options: { depth: optional(isCount, DEFAULT_DEPTH) },
    serve({ depth }, { response }) {
      const nest = '['.repeat(depth) + ']'.repeat(depth)
      sendAnswer(response, text(`{"id":"${freshId()}","meta":${nest || 0},"items":${nest || 0}}`))
    },
  },

  huge: {
    options: { bytes: optional(isCount, DEFAULT_HUGE_BYTES) },
    async serve({ bytes }, { response, signal }) {
      sendHead(response, json())
      await pipeline(Readable.from(paddedJson(bytes)), response, { signal })
    },
  },

  redirect: {
    options: { location: required(isText), status: optional(isStatus, 302) },
    serve: ({ location, status }, { response }) =>
      sendAnswer(response, { ...text(''), status, headers: { location } }),
  },

  body: {
    options: { json: required(isJson), status: optional(isStatus, 200) },
    serve: (options, { response }) =>
      sendAnswer(response, { ...json(options.json), status: options.status }),
  },

  'endless-cursor': {
    options: {},
    onlyRoutes: PAGED_ROUTES,
    serve(_, { entry, response, query }) {
      const stranger = entry.route === 'list' ? strangeUser : strangeContact
      // Full pages: a short one would tell the reader that the list ends here.
      const length = Math.min(Number.parseInt(query.get('take'), 10) || PAGE, PAGE)
      const items = Array.from({ length: Math.max(1, length) }, stranger)
      sendAnswer(response, json({ items, cursor: items.at(-1).id }))
    },
  },

  duplicate: {
    options: {},
    onlyRoutes: PAGED_ROUTES,
    serve(_, { apply, response }) {
      const answer = apply()
      const items = answer.json?.items?.flatMap((item) => [item, item])
      sendAnswer(response, items ? { ...answer, json: { ...answer.json, items } } : answer)
    },
  },
}

const aborted = (signal) =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))

const json = (value) => ({ status: 200, headers: {}, json: value })
const text = (value) => ({ status: 200, headers: {}, text: value })
const firstHalf = (body) => body.subarray(0, Math.floor(body.length / 2))

function strangeUser() {
  const id = freshId()
  const now = Date.now()
  return { id, createdAt: now, updatedAt: now, email: `${id}@stranger.example` }
}

function strangeContact() {
  const texts = { name: '', description: '', fingerprint: freshId(), phone: null, nick: null }
  return { ...strangeUser(), ...texts, preferences: null, verifiedAt: null, meta: null }
}

/**
 * The answer of which only a part will be sent. A write that is not to be
 * applied gets a stand-in of the shape every write answers with.
 */
function lostAnswer({ apply, entry, isApplied }) {
  const isWrite = entry.method === 'POST'
  return isWrite && !isApplied() ? json({ id: freshId() }) : apply()
}

/** Valid JSON of exactly `bytes` bytes (never less than its frame), chunk by chunk. */
function* paddedJson(bytes) {
  const start = `{"id":"${freshId()}","items":[],"padding":"`
  const end = '"}'
  const padding = Buffer.alloc(CHUNK_BYTES, 'a')
  yield Buffer.from(start)
  for (let left = bytes - start.length - end.length; left > 0; left -= CHUNK_BYTES) {
    yield padding.subarray(0, Math.min(left, CHUNK_BYTES))
  }
  yield Buffer.from(end)
}

module.exports = { FAULT_KINDS }
