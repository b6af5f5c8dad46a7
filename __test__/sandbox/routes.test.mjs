import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, call, current, emails, SECRET, send, start, USERS } from './fresh-sandbox.mjs'

describe('where it answers', () => {
  test('both generations answer under /v1 and /api/v1', async () => {
    for (const root of ['/v1', '/api/v1']) {
      for (const generation of ['/partner/user', '/user']) {
        assert.equal((await call(`${root}${generation}/list`)).status, 200)
      }
    }
  })

  test('a generation that is not served answers 404 for every route', async () => {
    await start({ generations: ['user'] })
    await assertError(call('/v1/partner/user/list'), 404, 'NOT_FOUND')
    await assertError(call('/api/v1/partner/user/x/fetch'), 404, 'NOT_FOUND')
    assert.equal((await call('/v1/user/list')).status, 200)
    assert.equal(current.sandbox.requests[0].generation, 'partner')
  })

  test('fetch answers 404 for a missing user as for a missing route, list never does', async () => {
    await assertError(call(`${USERS}/cnobody/fetch`), 404, 'NOT_FOUND')
    assert.equal((await call(`${USERS}/list`)).status, 200)
  })

  test('unknown routes answer 404', async () => {
    for (const target of [
      '/',
      '/v1',
      '/v2/user/list',
      '/v1/user/x',
      '/v1/user/list/',
      '/v1/user//fetch',
    ]) {
      await assertError(call(target), 404, 'NOT_FOUND')
    }
  })

  test('a wrong method answers 405 and names the right one', async () => {
    await assertError(call(`${USERS}/create`), 405, 'METHOD_NOT_ALLOWED')
    const answer = await call(`${USERS}/list`, { method: 'POST', body: {} })
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('allow'), 'GET')
  })

  test('any other authorization answers 401 NOT_AUTHENTICATED', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${SECRET}`, SECRET]) {
      await assertError(
        call(`${USERS}/list`, { headers: { authorization } }),
        401,
        'NOT_AUTHENTICATED',
      )
    }
  })

  test('answers are JSON', async () => {
    for (const target of [`${USERS}/list`, '/nowhere']) {
      assert.match((await call(target)).headers.get('content-type'), /^application\/json\b/)
    }
  })
})

describe('run as a sub-account', () => {
  test('a call with x-runas-user-id sees that account’s own sub-accounts', async () => {
    const child = current.sandbox.users.add({ email: 'child@example.com' })
    for (const headers of [
      { 'x-runas-user-id': child.id },
      { 'x-runas-userid': child.id },
      { 'x-runas-child-user-email': 'child@example.com' },
    ]) {
      assert.deepEqual((await call(`${USERS}/list`, { headers })).json.items, [])
      await assertError(call(`${USERS}/${child.id}/fetch`, { headers }), 403, 'NOT_AUTHORIZED')
    }
    assert.deepEqual(await emails(), ['child@example.com'])
  })

  test('a sub-account makes no sub-accounts', async () => {
    const child = current.sandbox.users.add({ email: 'child@example.com' })
    const headers = { 'x-runas-user-id': child.id }
    await assertError(call(`${USERS}/create`, { body: {}, headers }), 403, 'NOT_AUTHORIZED')
  })

  test('HEAD and OPTIONS are answered without a look at the secret', async () => {
    const headers = { authorization: 'Bearer wrong' }
    assert.equal((await send(`${USERS}/list`, { method: 'HEAD', headers })).status, 200)
    const { status, json } = await call(`${USERS}/list`, { method: 'OPTIONS', headers })
    assert.deepEqual([status, json], [200, {}])
  })

  test('an id that is no sub-account of the secret’s account answers 401', async () => {
    const stranger = current.sandbox.addPartner('other').users.add({})
    for (const id of ['cnobody', stranger.id]) {
      await assertError(
        call(`${USERS}/list`, { headers: { 'x-runas-user-id': id } }),
        401,
        'NOT_AUTHENTICATED',
      )
    }
  })
})
