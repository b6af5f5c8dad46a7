import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertError,
  CONTACTS,
  call,
  contactNames,
  current,
  send,
  start,
  USERS,
} from './fresh-sandbox.mjs'

const add = (count) =>
  Array.from({ length: count }, (_, n) =>
    current.sandbox.contacts.add({ name: `n${n}`, email: `n${n}@example.com` }),
  )

describe('contact/list', () => {
  test('comes newest first, and oldest first when asked', async () => {
    add(3)
    assert.deepEqual(await contactNames(), ['n2', 'n1', 'n0'])
    assert.deepEqual(await contactNames('?order=asc'), ['n0', 'n1', 'n2'])
  })

  test('take is 100 by default and at most, and the cursor leads through everybody', async () => {
    add(101)
    for (const [take, length] of [
      ['', 100],
      ['0', 100],
      ['x', 100],
      ['500', 100],
      ['7', 7],
      ['-5', 1],
    ]) {
      assert.equal((await contactNames(`?take=${take}`)).length, length, `take=${take}`)
    }
    const { items, cursor } = (await call(`${CONTACTS}/list`)).json
    assert.equal(cursor, items.at(-1).id)
    assert.deepEqual(await contactNames(`?cursor=${cursor}`), ['n0'])
    const last = (await call(`${CONTACTS}/list?cursor=${current.sandbox.contacts.all().at(-1).id}`))
      .json
    assert.deepEqual(last, { items: [] })
    assert.deepEqual(await contactNames('?cursor=cnobody'), [])
  })

  test('has no email filter: everybody comes', async () => {
    add(2)
    assert.deepEqual(await contactNames('?email=n1@example.com&name=n1'), ['n1', 'n0'])
  })

  test('streams one event a line to whom accepts application/jsonl', async () => {
    add(2)
    for (const route of ['list', 'export']) {
      const headers = { accept: 'application/jsonl' }
      const response = await send(`${CONTACTS}/${route}`, { headers })
      assert.match(response.headers.get('content-type'), /^application\/jsonl/)
      const lines = (await response.text()).trim().split('\n')
      const events = lines.map((line) => JSON.parse(line))
      assert.deepEqual(
        events.map(({ type, data }) => [type, data.name, data.description]),
        [
          ['item', 'n1', ''],
          ['item', 'n0', ''],
        ],
      )
    }
  })

  test('counts with the other lists of the account that pays', async () => {
    await start({ listsPerMinute: 3 })
    const child = current.sandbox.users.add({})
    const headers = { 'x-runas-user-id': child.id }
    assert.equal((await call(`${USERS}/list`)).status, 200)
    assert.equal((await call(`${CONTACTS}/list`)).status, 200)
    assert.equal((await call(`${CONTACTS}/list`, { headers })).status, 200)
    const words = 'You have exceeded your allocated rate limits: rate/poll'
    for (const target of [`${CONTACTS}/list`, `${USERS}/list`]) {
      const answer = await call(target)
      await assertError(answer, 429, 'LIMITS_REACHED', words)
      assert.equal(answer.headers.get('x-failure-code'), null)
    }
    assert.equal((await call(`${CONTACTS}/create`, { body: {} })).status, 200)
  })

  test('export answers the same, and is not limited', async () => {
    await start({ listsPerMinute: 0 })
    add(3)
    const { items, cursor } = (await call(`${CONTACTS}/export?take=2`)).json
    assert.deepEqual(items, current.sandbox.contacts.all().slice(0, 2))
    assert.equal(cursor, items[1].id)
  })
})
