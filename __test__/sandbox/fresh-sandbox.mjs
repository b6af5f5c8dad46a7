import assert from 'node:assert/strict'
import { after, beforeEach } from 'node:test'
import { createSandbox } from '../../sandbox/index.js'

// A file that imports this one has a fresh sandbox before each of its tests.

export const SECRET = 'sandbox-secret'
export const USERS = '/v1/partner/user'
export const CONTACTS = '/v1/contact'

export const open = []
after(() => Promise.all(open.map((sandbox) => sandbox.close())))

/** The sandbox of the running test. */
export const current = { sandbox: null, url: null }

export async function start(options) {
  current.sandbox = createSandbox(options)
  open.push(current.sandbox)
  current.url = (await current.sandbox.listen()).url
}

beforeEach(() => start())

export function send(
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

export async function call(target, options) {
  const response = await send(target, options)
  return { status: response.status, headers: response.headers, json: await response.json() }
}

export const create = (body) => call(`${USERS}/create`, { body })
export const update = (id, body) => call(`${USERS}/${id}/update`, { body })
export const emails = async (query = '') =>
  (await call(`${USERS}/list${query}`)).json.items.map((user) => user.email)

export const createContact = (body) => call(`${CONTACTS}/create`, { body })
export const ensureContact = (body) => call(`${CONTACTS}/ensure`, { body })
export const updateContact = (id, body) => call(`${CONTACTS}/${id}/update`, { body })
export const fetchContact = async (id) => (await call(`${CONTACTS}/${id}/fetch`)).json
export const contactNames = async (query = '', options = {}) =>
  (await call(`${CONTACTS}/list${query}`, options)).json.items.map((contact) => contact.name)

export async function assertError(pending, status, code, message) {
  const answer = await pending
  assert.equal(answer.status, status)
  assert.equal(answer.json.code, code)
  assert.deepEqual(Object.keys(answer.json).sort(), ['code', 'message'])
  if (message) assert.equal(answer.json.message, message)
}
