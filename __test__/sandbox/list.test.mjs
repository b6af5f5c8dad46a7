import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { call, create, current, emails, send, start, USERS } from './fresh-sandbox.mjs'

describe('list', () => {
  const add = (count) =>
    Array.from({ length: count }, (_, n) =>
      current.sandbox.users.add({ email: `u${n}@example.com` }),
    )

  test('comes newest first, and oldest first when asked', async () => {
    add(3)
    const newest = ['u2@example.com', 'u1@example.com', 'u0@example.com']
    assert.deepEqual(await emails(), newest)
    assert.deepEqual(await emails('?order=desc'), newest)
    assert.deepEqual(await emails('?order=asc'), newest.toReversed())
    assert.deepEqual(await emails('?order=sideways'), newest)
  })

  test('sorts by createdAt before id', async () => {
    current.sandbox.users.add({ id: 'cz', email: 'old@example.com', createdAt: 1 })
    current.sandbox.users.add({ id: 'ca', email: 'new@example.com', createdAt: 2 })
    assert.deepEqual(await emails(), ['new@example.com', 'old@example.com'])
  })

  test('take is 100 by default and at most; 0 and garbage mean the default', async () => {
    add(101)
    for (const [take, length] of [
      ['', 100],
      ['0', 100],
      ['x', 100],
      ['500', 100],
      ['7', 7],
      ['-5', 1],
    ]) {
      assert.equal((await emails(`?take=${take}`)).length, length, `take=${take}`)
    }
  })

  test('the cursor is the id of the last item and leads through everybody once', async () => {
    const all = add(5).map((user) => user.id)
    for (const order of ['asc', 'desc']) {
      const seen = []
      for (let cursor = ''; ; ) {
        const { json } = await call(`${USERS}/list?take=2&order=${order}&cursor=${cursor}`)
        seen.push(...json.items.map((item) => item.id))
        assert.equal(json.cursor, json.items.at(-1)?.id)
        if (json.items.length === 0) break
        cursor = json.cursor
      }
      assert.deepEqual(seen, order === 'asc' ? all : all.toReversed())
    }
  })

  test('a cursor that is nobody’s ends the list', async () => {
    add(2)
    assert.deepEqual(await emails('?cursor=cnobody'), [])
  })

  test('email finds the exact address, and an empty one filters nothing', async () => {
    add(2)
    assert.deepEqual(await emails('?email=u1@example.com'), ['u1@example.com'])
    assert.deepEqual(await emails('?email=u1@example'), [])
    assert.equal((await emails('?email=')).length, 2)
  })

  test('email is compared case-insensitively as on MySQL, or exactly as on PostgreSQL', async () => {
    add(1)
    assert.deepEqual(await emails('?email=U0@Example.com'), ['u0@example.com'])
    await start({ emailComparison: 'sensitive', users: [{ email: 'u0@example.com' }] })
    assert.deepEqual(await emails('?email=U0@Example.com'), [])
    assert.equal((await create({ email: 'U0@example.com' })).status, 200)
    assert.equal(current.sandbox.users.findByEmail('U0@EXAMPLE.com'), null)
  })

  test('an API that ignores the email filter lists everybody', async () => {
    await start({ ignoreEmailFilter: true, users: [{ email: 'a@b.co' }, { email: 'c@d.co' }] })
    assert.deepEqual(await emails('?email=a@b.co'), ['c@d.co', 'a@b.co'])
  })

  test('meta.KEY=V and meta[KEY]=V filter by meta, all of them together', async () => {
    current.sandbox.users.add({ email: 'a@b.co', meta: { plan: 'pro', on: true } })
    current.sandbox.users.add({ email: 'c@d.co', meta: { plan: 'pro', on: false } })
    current.sandbox.users.add({ email: 'e@f.co' })
    assert.deepEqual(await emails('?meta.plan=pro&order=asc'), ['a@b.co', 'c@d.co'])
    assert.deepEqual(await emails('?meta[plan]=pro&meta.on=true'), ['a@b.co'])
    assert.deepEqual(await emails('?meta%5Bplan%5D=pro&email=c@d.co'), ['c@d.co'])
    assert.deepEqual(await emails('?meta.constructor=x'), [])
  })

  test('streams one event a line to whom accepts application/jsonl', async () => {
    add(2)
    const response = await send(`${USERS}/list`, { headers: { accept: 'application/jsonl' } })
    assert.match(response.headers.get('content-type'), /^application\/jsonl/)
    const events = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      events.map((event) => [event.type, event.data.email]),
      [
        ['item', 'u1@example.com'],
        ['item', 'u0@example.com'],
      ],
    )
  })
})
