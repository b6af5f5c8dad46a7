import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { listenFor } from '../../../testing/listening.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { start } from './subject.mjs'

const MEGABYTE = 1024 * 1024

const user = { id: 'cada', createdAt: 1, updatedAt: 1, email: ADA.email }
const PAGE = JSON.stringify({ items: [user] })

function answer(body, { status = '200 OK', headers = [], length } = {}) {
  const bytes = Buffer.from(body)
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${length ?? bytes.length}`,
    ...headers,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes])
}

const item = (members) => answer(JSON.stringify({ items: [{ ...user, ...members }] }))
const text = (json) => answer(`{"items":[{"id":"cada","createdAt":1,"updatedAt":1,${json}}]}`)
const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth)

/** What arrives instead of an answer, and the error that it has to be. */
const BROKEN = {
  'garbage instead of HTTP': [Buffer.from('\0\xff\x16\x03\x01 hello\r\n\r\n', 'latin1')],
  'an answer without headers': [Buffer.from(PAGE)],
  'a megabyte of headers': [answer(PAGE, { headers: [`x-long: ${'a'.repeat(MEGABYTE)}`] })],
  'ten thousand headers': [answer(PAGE, { headers: Array(10_000).fill('x-more: 1') })],
  'two lengths that differ': [answer(PAGE, { headers: ['content-length: 5'] })],
  'a length below zero': [answer(PAGE, { length: -1 })],
  'a length beyond what is sent': [answer(PAGE, { length: PAGE.length + 1 })],
  'a length below what is sent': [answer(PAGE, { length: PAGE.length - 1 }), 'ERR_API_RESPONSE'],
  'a chunk whose size is no number': [
    Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'),
  ],
  'a chunk of 2^64 bytes': [
    Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}'),
  ],
  'a body that nobody asked to be compressed': [
    answer(gzipSync(PAGE), { headers: ['content-encoding: gzip'] }),
    'ERR_API_RESPONSE',
  ],
  '64 megabytes that were compressed to 64 kilobytes': [
    answer(gzipSync(Buffer.alloc(64 * MEGABYTE, ' ')), { headers: ['content-encoding: gzip'] }),
    'ERR_API_RESPONSE',
  ],
  'an upgrade to another protocol': [
    Buffer.from('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    'ERR_API_RESPONSE',
  ],
  'a status that is no number': [answer(PAGE, { status: 'abc' })],
  'a status of 999': [answer(PAGE, { status: '999 No' })],
  '204, nothing': [Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'), 'ERR_API_RESPONSE'],
  'JSON in UTF-16': [answer(Buffer.from(PAGE, 'utf16le')), 'ERR_API_RESPONSE'],
  'bytes that are no UTF-8': [answer(Buffer.from(PAGE.replace('ada', '\xff'), 'latin1'))],
  'half a surrogate pair': [text(`"email":"${ADA.email}","name":"\\ud800"`), 'ERR_API_RESPONSE'],
  'a number beyond all numbers': [text(`"email":"${ADA.email}","x":1e999`), 'ERR_API_RESPONSE'],
  NaN: [text(`"email":"${ADA.email}","x":NaN`), 'ERR_API_RESPONSE'],
  'two JSON texts': [answer(PAGE + PAGE), 'ERR_API_RESPONSE'],
  'JSON nested three million deep': [answer(nested(3 * MEGABYTE)), 'ERR_API_RESPONSE'],
  'a time after all times': [item({ createdAt: 9e15 }), 'ERR_API_RESPONSE'],
  'a time that is a text': [item({ updatedAt: '2030-01-01' }), 'ERR_API_RESPONSE'],
  'a user without an id': [item({ id: undefined }), 'ERR_API_RESPONSE'],
  'a user with the id of a path': [item({ id: '../cbob' }), 'ERR_API_RESPONSE'],
  'a user with a megabyte of id': [item({ id: 'c'.repeat(MEGABYTE) }), 'ERR_API_RESPONSE'],
  'a user without times': [item({ createdAt: undefined }), 'ERR_API_RESPONSE'],
  'a name that is a number': [item({ name: 5 }), 'ERR_API_RESPONSE'],
  'metadata that is a list': [item({ meta: [] }), 'ERR_API_RESPONSE'],
}

/** What looks odd and is no reason to keep somebody out. */
const ODD = {
  'fields that nobody knows': item({ futureField: { deep: [nested(0)] }, __proto: 1 }),
  'fields that are null': item({ name: null, image: null, meta: null, limits: null }),
  'the same user twice': answer(JSON.stringify({ items: [user, user] })),
  'a field twice, the last of which is right': text(`"email":"bob@x.y","email":"${ADA.email}"`),
  'times with fractions': item({ createdAt: 1.5, updatedAt: 2.5 }),
  'the name __proto__ in metadata': text(`"email":"${ADA.email}","meta":{"__proto__":{"id":"x"}}`),
  'a hundred continuations before the answer': Buffer.concat([
    Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
    answer(PAGE),
  ]),
  'no content type': Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-length: ${PAGE.length}\r\n\r\n${PAGE}`,
  ),
  'HTTP/1.0': Buffer.from(`HTTP/1.0 200 OK\r\n\r\n${PAGE}`),
}

/** An adapter whose API sends these bytes, whatever it is asked, and hangs up. */
async function startSending(t, bytes) {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(bytes))
  })
  const { url: baseUrl } = await listenFor(t, server)
  const { adapter } = await start(t, { baseUrl, timeout: 3_000 })
  return adapter
}

describe('what is no answer is a typed error', { concurrency: 8 }, () => {
  for (const [what, [bytes, code]] of Object.entries(BROKEN)) {
    test(`the API sends ${what}`, async (t) => {
      const adapter = await startSending(t, bytes)
      const outcome = await adapter.getUserByEmail(ADA.email).catch((error) => error)
      assert.match(`${outcome?.code}`, /^ERR_API_(RESPONSE|REJECTED|UNREACHABLE|UNAVAILABLE)$/)
      if (code) failure(code)(outcome)
    })
  }
})

describe('what is odd is no reason to keep somebody out', { concurrency: 8 }, () => {
  for (const [what, bytes] of Object.entries(ODD)) {
    test(`the API sends ${what}`, async (t) => {
      const adapter = await startSending(t, bytes)
      const found = await adapter.getUserByEmail(ADA.email)
      assert.deepEqual([found.id, found.email], [user.id, user.email])
      assert.ok(found.emailVerified instanceof Date)
      assert.equal({}.id, undefined)
    })
  }
})
