import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, call, create, current, USERS } from './fresh-sandbox.mjs'

describe('fetch', () => {
  const FULL = {
    name: 'Ada',
    description: 'first',
    image: 'https://example.com/a.png',
    email: 'ada@example.com',
    limits: { tokens: 1, database: { files: 2 } },
    meta: { plan: 'pro' },
  }

  test('gives what is set, without the description that list shows, and never the alias', async () => {
    const { json } = await create({ ...FULL, alias: 'ada' })
    const { description, ...rest } = FULL
    const { createdAt, updatedAt, ...fetched } = (await call(`${USERS}/${json.id}/fetch`)).json
    assert.deepEqual(fetched, { id: json.id, ...rest })
    assert.ok(Math.abs(Date.now() - createdAt) < 5000 && updatedAt === createdAt)
    assert.equal((await call(`${USERS}/list`)).json.items[0].description, description)
  })

  test('leaves out what is not set', async () => {
    const { json } = await create({})
    const fetched = await call(`${USERS}/${json.id}/fetch`)
    assert.deepEqual(Object.keys(fetched.json).sort(), ['createdAt', 'id', 'updatedAt'])
  })

  test('answers 403 for the id of another parent account, on every route of a user', async () => {
    const { id } = current.sandbox.addPartner('other-secret').users.add({ email: 'a@b.co' })
    await assertError(call(`${USERS}/${id}/fetch`), 403, 'NOT_AUTHORIZED')
    for (const route of ['update', 'delete', 'session/create']) {
      await assertError(call(`${USERS}/${id}/${route}`, { body: {} }), 403, 'NOT_AUTHORIZED')
    }
    assert.equal(current.sandbox.users.get(id), null)
    const headers = { authorization: 'Bearer other-secret' }
    assert.equal((await call(`${USERS}/${id}/fetch`, { headers })).json.email, 'a@b.co')
  })

  test('reads (NAME), @ALIAS and @@ALIAS as selectors of the own children', async () => {
    const { json } = await create({ name: 'Ada L', alias: 'ada' })
    current.sandbox.addPartner('other').users.add({ name: 'Bob', alias: 'bob' })
    for (const reference of ['(Ada L)', '@ada', '@@ada']) {
      const fetched = await call(`${USERS}/${encodeURIComponent(reference)}/fetch`)
      assert.equal(fetched.json.id, json.id, reference)
    }
    for (const reference of ['(Bob)', '@bob', '(ada)', '@Ada', '()', '@']) {
      await assertError(call(`${USERS}/${encodeURIComponent(reference)}/fetch`), 404, 'NOT_FOUND')
    }
  })

  test('answers 400 for an id that is no percent-encoding', async () => {
    await assertError(call(`${USERS}/%E0%A4%A/fetch`), 400, 'BAD_REQUEST')
  })
})
