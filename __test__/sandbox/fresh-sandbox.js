'use strict'

const assert = require('node:assert/strict')
const { after, beforeEach } = require('node:test')

const { createSandbox } = require('../../sandbox')

// A file that requires this one has a fresh sandbox before each of its tests.

const SECRET = 'sandbox-secret'
const USERS = '/v1/partner/user'

const open = []
after(() => Promise.all(open.map((sandbox) => sandbox.close())))

/** The sandbox of the running test. */
const current = { sandbox: null, url: null }

async function start(options) {
  current.sandbox = createSandbox(options)
  open.push(current.sandbox)
  current.url = (await current.sandbox.listen()).url
}

beforeEach(() => start())

function send(
  target,
  { body, headers, method = body === undefined ? 'GET' : 'POST', ...init } = {},
) {
  return fetch(current.url + target, {
    method,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      authorization: `Bearer ${SECRET}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    redirect: 'manual',
    signal: AbortSignal.timeout(5000),
    ...init,
  })
}

async function call(target, options) {
  const response = await send(target, options)
  return { status: response.status, headers: response.headers, json: await response.json() }
}

const create = (body) => call(`${USERS}/create`, { body })
const update = (id, body) => call(`${USERS}/${id}/update`, { body })
const emails = async (query = '') =>
  (await call(`${USERS}/list${query}`)).json.items.map((user) => user.email)

async function assertError(pending, status, code, message) {
  const answer = await pending
  assert.equal(answer.status, status)
  assert.equal(answer.json.code, code)
  assert.deepEqual(Object.keys(answer.json).sort(), ['code', 'message'])
  if (message) assert.equal(answer.json.message, message)
}

module.exports = {
  SECRET,
  USERS,
  assertError,
  call,
  create,
  current,
  emails,
  open,
  send,
  start,
  update,
}
