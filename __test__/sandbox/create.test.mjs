import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, call, create, current, USERS } from './fresh-sandbox.mjs'

describe('create', () => {
  test('answers the id only, and the id is cuid-like', async () => {
    const { status, json } = await create({ email: 'a@b.co', name: 'A' })
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(json), ['id'])
    assert.match(json.id, /^c[a-z0-9]{24}$/)
    assert.equal(current.sandbox.users.get(json.id).name, 'A')
  })

  test('a taken address answers 409, also in another case on MySQL', async () => {
    await create({ email: 'a@b.co' })
    for (const email of ['a@b.co', 'A@B.co']) {
      await assertError(create({ email }), 409, 'CONFLICT', 'Unique constraint violation')
    }
    assert.equal(current.sandbox.users.all().length, 1)
  })

  test('of two creates at once for one address exactly one succeeds', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create({ email: 'a@b.co' })))
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409])
  })

  test('an address is unique within one parent account only', async () => {
    current.sandbox.addPartner('other').users.add({ email: 'a@b.co' })
    assert.equal((await create({ email: 'a@b.co' })).status, 200)
  })

  test('the empty address is stored as null, and null is not unique', async () => {
    for (const email of ['', '', null, null]) assert.equal((await create({ email })).status, 200)
    assert.deepEqual(
      current.sandbox.users.all().map((user) => user.email),
      [null, null, null, null],
    )
  })

  test('takes any top-level domain and no malformed address', async () => {
    for (const email of ['a@b.internal', 'a+b@c-d.example', 'ä@müller.example', "o'x@b.zz"]) {
      assert.equal((await create({ email })).status, 200, email)
    }
    for (const email of [
      'a',
      'a@b',
      '@b.co',
      'a@',
      'a@b.co.',
      'a@b..co',
      '.a@b.co',
      'a@b@c.co',
      'a b@c.co',
      'a@-b.co',
      `${'x'.repeat(65)}@b.co`,
    ]) {
      await assertError(create({ email }), 400, 'BAD_REQUEST')
    }
  })

  test('answers 400 for wrong types and for fields it does not know', async () => {
    const wrong = [
      { name: 1 },
      { image: [] },
      { email: 5 },
      { alias: null },
      { description: {} },
      { meta: [] },
      { meta: 'x' },
      { meta: { $update: 1 } },
      { limits: 1 },
      { limits: { tokens: '1' } },
      { limits: { database: { files: true } } },
      { meta: { _own: 1 } },
      { id: 'mine' },
      { name: 'Ada', extra: 1 },
    ]
    for (const body of wrong) await assertError(create(body), 400, 'BAD_REQUEST')
    assert.equal(current.sandbox.users.all().length, 0)
  })

  test('answers 400 for a body that is no JSON object', async () => {
    for (const body of ['{', '', '[]', '"x"', 'null', '1']) {
      await assertError(call(`${USERS}/create`, { body, method: 'POST' }), 400, 'BAD_REQUEST')
    }
    const headers = { 'content-type': 'text/plain' }
    await assertError(call(`${USERS}/create`, { body: {}, headers }), 400, 'BAD_REQUEST')
  })

  test('answers 413 for a body over 1 MiB and goes on serving', async () => {
    const answer = await create({ name: 'x'.repeat(1024 * 1024) })
    assert.equal(answer.status, 413)
    assert.equal((await create({ name: 'x'.repeat(1024 * 1024 - 20) })).status, 200)
  })
})
