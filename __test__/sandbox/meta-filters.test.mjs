import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CONTACTS, call, contactNames, current, emails, start } from './fresh-sandbox.mjs'

const add = (name, meta) => current.sandbox.contacts.add({ name, meta })

describe('filters by meta', () => {
  test('compare exactly, case included', async () => {
    add('a', { email: 'a@b.co' })
    add('b', { email: 'A@B.co' })
    add('c', null)
    assert.deepEqual(await contactNames('?meta.email=a@b.co'), ['a'])
    assert.deepEqual(await contactNames('?meta[email]=A@B.co'), ['b'])
    assert.deepEqual(await contactNames('?meta%5Bemail%5D=a@b'), [])
  })

  test('a key may be a path', async () => {
    add('deep', { nextauth: { key: 'k' } })
    add('flat', { 'nextauth.key': 'k' })
    for (const query of ['meta.nextauth.key=k', 'meta[nextauth.key]=k']) {
      assert.deepEqual(await contactNames(`?${query}`), ['deep'])
    }
    assert.deepEqual(await contactNames('?meta.nextauth.key.x=k'), [])
    assert.deepEqual(await contactNames('?meta.constructor.name=Object'), [])
  })

  test('true and false are booleans, and a number never matches', async () => {
    add('on', { on: true, count: 5 })
    add('text', { on: 'true', count: '5' })
    assert.deepEqual(await contactNames('?meta.on=true'), ['on'])
    assert.deepEqual(await contactNames('?meta.count=5'), ['text'])
  })

  test('several keys must all match, and of one key given twice the first counts', async () => {
    add('both', { a: '1', b: '2' })
    add('one', { a: '1' })
    assert.deepEqual(await contactNames('?meta.a=1&meta[b]=2'), ['both'])
    assert.deepEqual(await contactNames('?meta.a=1&meta.a=9'), ['one', 'both'])
    assert.deepEqual(await contactNames('?meta.a=9&meta.a=1'), [])
  })

  test('an empty value is no filter: everybody comes', async () => {
    add('a', { email: '' })
    add('b', { email: 'a@b.co' })
    assert.deepEqual(await contactNames('?meta.email='), ['b', 'a'])
  })

  test('export filters too', async () => {
    add('a', { plan: 'pro' })
    add('b', { plan: 'free' })
    const { items } = (await call(`${CONTACTS}/export?meta.plan=pro`)).json
    assert.deepEqual(
      items.map(({ name }) => name),
      ['a'],
    )
  })

  test('an API that ignores them lists everybody, users too', async () => {
    const users = [{ email: 'a@b.co', meta: { k: '1' } }, { email: 'c@d.co' }]
    await start({ ignoreMetaFilter: true, users, contacts: [{ name: 'a' }, { name: 'b' }] })
    assert.deepEqual(await contactNames('?meta.k=1'), ['b', 'a'])
    assert.deepEqual(await emails('?meta.k=1'), ['c@d.co', 'a@b.co'])
    assert.deepEqual(await emails('?meta.k=1&email=c@d.co'), ['c@d.co'])
  })
})
