import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'
import { issueCode, redeem } from '../../testing/records.mjs'
import { calls, fingerprintOf, madeByJavaScript, start } from './subject.mjs'

const { email } = ADA
const OURS = fingerprintOf(email)
const AT = 1_700_000_000_000

/** A new adapter over a store of its own has seen nobody. */
let stores = 0
function fresh({ another }) {
  stores += 1
  return another({ keyPrefix: `fresh-${stores}:` })
}

describe('getUserByEmail', () => {
  test('takes of several trusted contacts ours, then the verified, then the oldest', async (t) => {
    const subject = await start(t)
    const { sandbox } = subject
    const add = (fields) => sandbox.contacts.add({ ...madeByJavaScript(email), ...fields }).id
    const ranked = [
      add({ createdAt: AT + 3, verifiedAt: AT + 9 }),
      add({ createdAt: AT + 4, verifiedAt: AT + 5 }),
      add({ createdAt: AT + 1 }),
      add({ createdAt: AT + 2 }),
      // Made by somebody who may only claim the address.
      add({ createdAt: AT, verifiedAt: AT, meta: { email, nextauth: { emailVerified: null } } }),
    ]
    ranked.unshift(add({ createdAt: AT + 5, fingerprint: OURS }))
    for (const id of ranked) {
      assert.equal((await fresh(subject).getUserByEmail(email)).id, id)
      const response = await fetch(`${sandbox.url}/v1/contact/${id}/delete`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${sandbox.secret}`,
          'content-type': 'application/json',
        },
        body: '{}',
      })
      assert.equal(response.status, 200)
    }
    assert.equal(await fresh(subject).getUserByEmail(email), null)
  })

  test('believes the address of the contact, not what stands in its meta', async (t) => {
    const subject = await start(t)
    subject.sandbox.contacts.add({ email: 'bob@example.com', meta: { email }, verifiedAt: AT })
    subject.sandbox.contacts.add({ email: null, meta: { email }, verifiedAt: AT })
    assert.equal(await fresh(subject).getUserByEmail(email), null)
  })

  test('finds whoever spelled the address in capitals', async (t) => {
    const subject = await start(t)
    const spelling = 'Ada@Example.com'
    const { id } = subject.sandbox.contacts.add(madeByJavaScript(spelling))
    assert.equal((await fresh(subject).getUserByEmail(spelling)).id, id)
    assert.equal(await fresh(subject).getUserByEmail(email), null)
  })

  test('asks for nobody when there is no address: an empty filter lists everybody', async (t) => {
    const { adapter, sandbox } = await start(t)
    sandbox.contacts.add({ ...madeByJavaScript(''), verifiedAt: AT })
    for (const nobody of ['', ' ', '@', 'ada', 'ada@']) {
      assert.equal(await adapter.getUserByEmail(nobody), null)
    }
    assert.deepEqual(calls(sandbox), [])
  })

  test('reads three pages of an API that ignores the filter, and fails where it is not on them', async (t) => {
    const { adapter, sandbox } = await start(t, {}, { ignoreMetaFilter: true })
    const add = (n) =>
      sandbox.contacts.add({ ...madeByJavaScript(`${n}@example.com`), createdAt: n })
    for (let n = 1; n <= 299; n += 1) add(n)
    const { id } = sandbox.contacts.add({ ...madeByJavaScript(email), createdAt: 300 })
    assert.equal((await adapter.getUserByEmail(email)).id, id)
    add(301)
    const lost = adapter.getUserByEmail('301@example.com')
    await assert.rejects(lost, failure('ERR_API_RESPONSE', { message: /ignores the filter/ }))
  })

  test('fails for pages that lead back to themselves', async (t) => {
    const { adapter, sandbox } = await start(t)
    const items = Array.from({ length: 100 }, (_, n) => ({
      id: `c${n}`,
      email: `${n}@example.com`,
    }))
    const json = { items, cursor: 'c99' }
    const fault = sandbox.inject({ route: 'contact/list', type: 'body', json })
    const lost = adapter.getUserByEmail(email)
    await assert.rejects(lost, failure('ERR_API_RESPONSE', { message: /pages that lead back/ }))
    assert.equal(fault.hits, 2)
  })

  test('finds by its id whoever was found before, whatever became of meta', async (t) => {
    const { adapter, another, sandbox } = await start(t)
    const { id } = sandbox.contacts.add(madeByJavaScript(email, { verifiedAt: AT }))
    assert.equal((await adapter.getUserByEmail(email)).id, id)
    await redeem(adapter, await issueCode(adapter, email))
    // What the JavaScript package's updateUser does at each sign-in.
    sandbox.contacts.change(id, { name: '', meta: { email: '', image: '' } })
    sandbox.clearRequests()
    for (const it of [adapter, another()]) assert.equal((await it.getUserByEmail(email)).id, id)
    assert.deepEqual(calls(sandbox), ['fetch', 'fetch'])
  })

  test('reads the list again when the remembered contact has gone or has another address', async (t) => {
    const { adapter, sandbox } = await start(t)
    const first = sandbox.contacts.add({
      ...madeByJavaScript(email, { verifiedAt: AT }),
      createdAt: AT,
    })
    assert.equal((await adapter.getUserByEmail(email)).id, first.id)
    sandbox.contacts.change(first.id, { email: 'countess@example.com' })
    const second = sandbox.contacts.add(madeByJavaScript(email))
    sandbox.clearRequests()
    assert.equal((await adapter.getUserByEmail(email)).id, second.id)
    assert.deepEqual(calls(sandbox), ['fetch', 'list'])
    sandbox.contacts.clear()
    assert.equal(await adapter.getUserByEmail(email), null)
  })

  test('reads the list when what is remembered is of another account', async (t) => {
    const { adapter, store, sandbox } = await start(t)
    const other = sandbox.addPartner('another-secret')
    const { id } = other.contacts.add(madeByJavaScript(email))
    const there = (await start(t, { store })).another({
      ...{ secret: other.secret, baseUrl: sandbox.url },
    })
    assert.equal((await there.getUserByEmail(email)).id, id)
    assert.equal(await adapter.getUserByEmail(email), null)
    const ours = sandbox.contacts.add(madeByJavaScript(email))
    assert.equal((await adapter.getUserByEmail(email)).id, ours.id)
  })

  test('writes an id once, for whoever has not proven the address, too', async (t) => {
    const writes = []
    const entries = new Map()
    const store = {
      get: (key) => entries.get(key),
      del: (key) => entries.delete(key),
      set(key, value) {
        if (key.includes('id-of:')) writes.push(value.record.id)
        entries.set(key, value)
      },
    }
    const { adapter, sandbox } = await start(t, { store, seal: false })
    const { id } = sandbox.contacts.add(madeByJavaScript(email))
    for (let time = 0; time < 3; time += 1) {
      assert.equal((await adapter.getUserByEmail(email)).id, id)
      assert.ok(await redeem(adapter, await issueCode(adapter, email)))
    }
    assert.deepEqual(writes, [id])
  })

  test('goes on without what a broken store remembers', async (t) => {
    const broken = { get: () => Promise.reject(new Error('down')), set() {}, del() {} }
    const { adapter, sandbox } = await start(t, { store: broken })
    const { id } = sandbox.contacts.add(madeByJavaScript(email))
    assert.equal((await adapter.getUserByEmail(email)).id, id)
  })

  test('shows what a contact has, and null for what it has not', async (t) => {
    const { adapter, sandbox } = await start(t)
    const { id } = sandbox.contacts.add({
      ...madeByJavaScript(email, { name: 'Ada', phone: '+15552368', nick: 'ada', verifiedAt: AT }),
      meta: { email, image: 'i', plan: 'free', nextauth: { createKey: 'k' } },
    })
    const user = await adapter.getUserByEmail(email)
    const { createdAt, updatedAt, fingerprint, ...rest } = user
    assert.deepEqual(rest, {
      ...{ id, email, name: 'Ada', image: 'i', emailVerified: new Date(AT), verifiedAt: AT },
      ...{ phone: '+15552368', nick: 'ada', preferences: null },
      meta: { email, image: 'i', plan: 'free' },
    })
    assert.equal(fingerprint, sandbox.contacts.get(id).fingerprint)
    assert.deepEqual(await adapter.getUser(id), user)
  })
})
