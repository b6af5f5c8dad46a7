import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertError,
  CONTACTS,
  call,
  contactNames,
  createContact,
  current,
  fetchContact,
  SECRET,
  send,
  start,
} from './fresh-sandbox.mjs'

describe('where contacts answer', () => {
  test('under /v1 and /api/v1, whichever generation of user routes is served', async () => {
    await start({ generations: [] })
    for (const root of ['/v1', '/api/v1']) {
      assert.equal((await call(`${root}/contact/list`)).status, 200)
    }
    assert.equal(current.sandbox.requests[0].route, 'contact/list')
    assert.equal(current.sandbox.requests[0].generation, null)
  })

  test('unknown routes answer 404', async () => {
    for (const path of ['', '/', '/list/', '/x', '/x/ensure', '/x/session/create', '/x/list']) {
      await assertError(call(`/v1/contact${path}`), 404, 'NOT_FOUND')
    }
    await assertError(call('/v1/partner/contact/list'), 404, 'NOT_FOUND')
  })

  test('a wrong method answers 405 and names the right one', async () => {
    for (const route of ['create', 'ensure', 'x/update', 'x/delete']) {
      const answer = await call(`${CONTACTS}/${route}`)
      await assertError(answer, 405, 'METHOD_NOT_ALLOWED')
      assert.equal(answer.headers.get('allow'), 'POST')
    }
    for (const route of ['list', 'export', 'x/fetch']) {
      await assertError(call(`${CONTACTS}/${route}`, { body: {} }), 405, 'METHOD_NOT_ALLOWED')
    }
  })

  test('HEAD and OPTIONS are answered without a look at the secret', async () => {
    const headers = { authorization: 'Bearer wrong' }
    assert.equal((await send(`${CONTACTS}/list`, { method: 'HEAD', headers })).status, 200)
    const { json } = await call(`${CONTACTS}/create`, { method: 'OPTIONS', headers })
    assert.deepEqual(json, {})
  })

  test('another content type answers 400 before the secret is looked at', async () => {
    for (const type of ['text/plain', 'application/json-patch+json', 'application/jsonl']) {
      const headers = { 'content-type': type, authorization: 'Bearer wrong' }
      const answer = call(`${CONTACTS}/create`, { body: {}, headers })
      await assertError(answer, 400, 'BAD_REQUEST')
    }
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' }
    assert.equal((await call(`${CONTACTS}/create`, { body: {}, headers })).status, 200)
  })

  test('a body that is no JSON object answers 400', async () => {
    for (const body of ['{', '', '[]', 'null', '1']) {
      const answer = call(`${CONTACTS}/create`, { body, method: 'POST' })
      await assertError(answer, 400, 'BAD_REQUEST')
    }
  })
})

describe('whose contacts they are', () => {
  test('those of the secret’s account, or of the sub-account that the call runs as', async () => {
    const child = current.sandbox.users.add({ email: 'child@example.com' })
    current.sandbox.contacts.add({ name: 'of the parent' })
    current.sandbox.contactsOf(child.id).add({ name: 'of the child' })
    const headers = { 'x-runas-user-id': child.id }
    assert.deepEqual(await contactNames(), ['of the parent'])
    assert.deepEqual(await contactNames('', { headers }), ['of the child'])
    await call(`${CONTACTS}/create`, { body: { name: 'made' }, headers })
    assert.equal(current.sandbox.contactsOf(child.id).all().length, 2)
    assert.equal(current.sandbox.contacts.all().length, 1)
  })

  test('any other authorization answers 401', async () => {
    for (const authorization of ['', 'Bearer wrong', SECRET]) {
      await assertError(
        call(`${CONTACTS}/list`, { headers: { authorization } }),
        401,
        'NOT_AUTHENTICATED',
      )
    }
  })

  test('nobody’s id answers 404, that of another account 403 with its header', async () => {
    const { id } = current.sandbox.addPartner('other').contacts.add({ name: 'Bob' })
    for (const route of ['fetch', 'update', 'delete']) {
      const options = route === 'fetch' ? {} : { body: {} }
      await assertError(call(`${CONTACTS}/cnobody/${route}`, options), 404, 'NOT_FOUND')
      const answer = await call(`${CONTACTS}/${id}/${route}`, options)
      await assertError(answer, 403, 'NOT_AUTHORIZED')
      assert.equal(answer.headers.get('x-failure-code'), 'NOT_AUTHORIZED')
    }
    assert.equal(current.sandbox.contacts.get(id), null)
  })

  test('those of a sub-account go with it', async () => {
    const child = current.sandbox.users.add({ email: 'child@example.com' })
    current.sandbox.contactsOf(child.id).add({})
    await call(`/v1/user/${child.id}/delete`, { body: {} })
    assert.deepEqual(current.sandbox.contactsOf(child.id).all(), [])
  })

  test('delete answers the id, asks for no body, and removes for good', async () => {
    for (const body of ['{}', '']) {
      const { json } = await createContact({ name: 'Ada' })
      const deleted = await call(`${CONTACTS}/${json.id}/delete`, { body, method: 'POST' })
      assert.deepEqual(deleted.json, { id: json.id })
      assert.equal((await fetchContact(json.id)).code, 'NOT_FOUND')
    }
  })
})
