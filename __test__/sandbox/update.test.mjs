import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, call, create, current, USERS, update } from './fresh-sandbox.mjs'

describe('update', () => {
  test('answers the id only, leaves alone what is left out and moves updatedAt', async () => {
    const user = current.sandbox.users.add({
      email: 'a@b.co',
      name: 'A',
      meta: { k: 1 },
      createdAt: 5,
    })
    assert.deepEqual((await update(user.id, { image: 'i' })).json, { id: user.id })
    const { updatedAt, ...stored } = current.sandbox.users.get(user.id)
    const { updatedAt: before, ...rest } = user
    assert.deepEqual(stored, { ...rest, image: 'i' })
    assert.ok(updatedAt > before)
  })

  test('"" and null clear name, image and email', async () => {
    for (const cleared of ['', null]) {
      const { id } = current.sandbox.users.add({ email: 'a@b.co', name: 'A', image: 'i' })
      await update(id, { name: cleared, image: cleared, email: cleared })
      const { name, image, email } = current.sandbox.users.get(id)
      assert.deepEqual([name, image, email], [null, null, null])
    }
  })

  test('a taken address answers 409 and the own one does not', async () => {
    const { id } = current.sandbox.users.add({ email: 'a@b.co' })
    current.sandbox.users.add({ email: 'c@d.co' })
    await assertError(update(id, { email: 'C@d.co' }), 409, 'CONFLICT')
    assert.equal((await update(id, { email: 'A@b.co' })).status, 200)
    assert.equal((await update(id, { email: 'e@f.co' })).status, 200)
    assert.equal((await create({ email: 'a@b.co' })).status, 200)
  })

  test('validates as create does, and answers 404 for nobody', async () => {
    const { id } = current.sandbox.users.add({ email: 'a@b.co' })
    await assertError(update(id, { email: 'a@b.co.' }), 400, 'BAD_REQUEST')
    await assertError(update('cnobody', {}), 404, 'NOT_FOUND')
  })

  test('plain meta replaces the whole object', async () => {
    const { id } = current.sandbox.users.add({ meta: { keep: 1 } })
    await update(id, { meta: { other: 2 } })
    assert.deepEqual(current.sandbox.users.get(id).meta, { other: 2 })
  })

  test('$update merges at the top level only', async () => {
    const { id } = current.sandbox.users.add({ meta: { keep: 1, deep: { a: 1 } } })
    await update(id, { meta: { $update: { deep: { b: 2 }, fresh: null } } })
    assert.deepEqual(current.sandbox.users.get(id).meta, { keep: 1, deep: { b: 2 }, fresh: null })
  })

  test('meta keys that begin with a non-word character are dropped on write, and in $update those with _ as well', async () => {
    const dropped = { '-b': 1, $c: 1, ' d': 1, é: 1 }
    const { json } = await create({ meta: { ...dropped, ok: { _inner: 1 } } })
    assert.deepEqual(current.sandbox.users.get(json.id).meta, { ok: { _inner: 1 } })
    await update(json.id, { meta: { $update: { ...dropped, _a: 1, two: 2 } } })
    assert.deepEqual(current.sandbox.users.get(json.id).meta, { ok: { _inner: 1 }, two: 2 })
  })

  test('and on read', async () => {
    const { id } = current.sandbox.users.add({ meta: { _hidden: 1, shown: 2 } })
    assert.deepEqual((await call(`${USERS}/${id}/fetch`)).json.meta, { shown: 2 })
    assert.deepEqual((await call(`${USERS}/list`)).json.items[0].meta, { shown: 2 })
  })
})

describe('delete and sessions', () => {
  test('delete answers the id and takes everything the sub-account owns along', async () => {
    const child = current.sandbox.users.add({ email: 'a@b.co' })
    assert.deepEqual((await call(`${USERS}/${child.id}/delete`, { body: {} })).json, {
      id: child.id,
    })
    await assertError(call(`${USERS}/${child.id}/fetch`), 404, 'NOT_FOUND')
    assert.equal((await create({ email: 'a@b.co' })).status, 200)
  })

  test('session/create answers id, token and when it expires', async () => {
    const { id } = current.sandbox.users.add({})
    const target = `${USERS}/${id}/session/create`
    const { json } = await call(target, {
      body: { durationInSeconds: 60, config: { contactId: 'c' } },
    })
    assert.deepEqual(Object.keys(json), ['id', 'token', 'expiresAt'])
    assert.ok(Math.abs(json.expiresAt - Date.now() - 60_000) < 5000)
    for (const body of [{}, { durationInSeconds: null }]) {
      const { expiresAt } = (await call(target, { body })).json
      assert.ok(Math.abs(expiresAt - Date.now() - 900_000) < 5000)
    }
    for (const body of [
      { durationInSeconds: '60' },
      { config: 1 },
      { config: { allowedRoutes: [1] } },
      { durationInSeconds: 1.5 },
      { seconds: 60 },
      { config: { userId: 'x' } },
    ]) {
      await assertError(call(target, { body }), 400, 'BAD_REQUEST')
    }
  })
})
