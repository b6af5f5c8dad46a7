import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Limits } from '../../sandbox/limits.js'
import { assertError, call, create, current, start, USERS } from './fresh-sandbox.mjs'

describe('limits of a plan', () => {
  test('lists beyond those of a minute are refused, those of sub-accounts among them', async () => {
    await start({ listsPerMinute: 3 })
    const child = current.sandbox.users.add({ email: 'child@example.com' })
    const headers = { 'x-runas-user-id': child.id }
    for (const options of [{}, { headers }, {}]) {
      assert.equal((await call(`${USERS}/list`, options)).status, 200)
    }
    for (const options of [{}, { headers }]) {
      const answer = await call(`${USERS}/list`, options)
      const words = 'You have exceeded your allocated rate limits: rate/poll'
      await assertError(answer, 429, 'LIMITS_REACHED', words)
      assert.equal(answer.headers.get('x-failure-code'), null)
      assert.equal(answer.headers.get('retry-after'), null)
    }
    assert.equal((await call(`${USERS}/${child.id}/fetch`)).status, 200)
  })

  test('the window slides', () => {
    let now = 0
    const limits = new Limits({ listsPerMinute: 2, maxUsers: 0, now: () => now })
    for (const at of [0, 30_000]) {
      now = at
      limits.admitList('account')
    }
    now = 59_999
    assert.throws(() => limits.admitList('account'), /rate\/poll/)
    limits.admitList('another')
    now = 60_000
    limits.admitList('account')
    assert.throws(() => limits.admitList('account'), /rate\/poll/)
  })

  test('sub-accounts beyond the plan are refused, with the header', async () => {
    await start({ maxUsers: 1 })
    const { json } = await create({ email: 'a@b.co' })
    const answer = await create({ email: 'c@d.co' })
    const words = 'You have exceeded your allocated database limits: database/user'
    await assertError(answer, 429, 'LIMITS_REACHED', words)
    assert.equal(answer.headers.get('x-failure-code'), 'LIMITS_REACHED')
    await call(`${USERS}/${json.id}/delete`, { body: {} })
    assert.equal((await create({ email: 'c@d.co' })).status, 200)
  })
})
