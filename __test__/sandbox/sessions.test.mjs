import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, CONTACTS, call, create, current, USERS } from './fresh-sandbox.mjs'

/** Makes a session of a sub-account. @returns the headers with which it asks */
async function session(id, body = {}) {
  const { json } = await call(`${USERS}/${id}/session/create`, { body })
  return { authorization: `Bearer ${json.token}` }
}

const complete = (headers, more) =>
  call('/v1/conversation/complete', {
    headers,
    body: { messages: [{ type: 'user', text: 'Hi' }], ...more },
  })

describe("a session's token", () => {
  test('runs as its sub-account, whatever x-runas-user-id says', async () => {
    const [ada, bob] = ['Ada', 'Bob'].map((name) => current.sandbox.users.add({ name }))
    const headers = await session(ada.id)
    assert.match((await complete(headers)).json.text, /^Hello Ada\./)
    const other = await complete({ ...headers, 'x-runas-user-id': bob.id })
    assert.match(other.json.text, /^Hello Ada\./)
    const contact = (await call(`${CONTACTS}/create`, { headers, body: { name: 'Carl' } })).json
    assert.ok(current.sandbox.contactsOf(ada.id).get(contact.id))
    await assertError(call(`${USERS}/create`, { headers, body: {} }), 403, 'NOT_AUTHORIZED')
  })

  test('opens the routes that are allowed, of none where none is', async () => {
    const { id } = current.sandbox.users.add({})
    const asked = async (allowedRoutes) => {
      const headers = await session(id, { config: { allowedRoutes } })
      const [completed, listed] = await Promise.all([
        complete(headers),
        call(`${CONTACTS}/list`, { headers }),
      ])
      return [completed.status, listed.status]
    }
    assert.deepEqual(await asked(['conversation/complete']), [200, 403])
    assert.deepEqual(await asked(['conversation/*']), [200, 403])
    assert.deepEqual(await asked(['/v1/contact/*']), [403, 200])
    assert.deepEqual(await asked(['*']), [403, 403])
    assert.deepEqual(await asked(['**']), [200, 200])
    assert.deepEqual(await asked(['**', '!contact/**']), [200, 403])
    assert.deepEqual(await asked([]), [403, 403])
    assert.deepEqual(await asked(undefined), [200, 200])
  })

  test('speaks for its contact, whatever the body says', async () => {
    const { id } = current.sandbox.users.add({})
    const contacts = current.sandbox.contactsOf(id)
    const [carl, dora] = ['Carl', 'Dora'].map((name) => contacts.add({ name }))
    const headers = await session(id, { config: { contactId: carl.id } })
    assert.match((await complete(headers, { contactId: dora.id })).json.text, /^Hello Carl\./)
  })

  test('ends with its time, and with its sub-account', async () => {
    const { id } = current.sandbox.users.add({})
    const [short, long] = [await session(id, { durationInSeconds: 1 }), await session(id)]
    assert.equal((await complete(short)).status, 200)
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    await assertError(complete(short), 401, 'NOT_AUTHENTICATED')
    assert.equal((await complete(long)).status, 200)
    await call(`${USERS}/${id}/delete`, { body: {} })
    await assertError(complete(long), 401, 'NOT_AUTHENTICATED')
  })

  test('is made of an id alone, not of a name or an alias', async () => {
    await create({ name: 'Ada', alias: 'ada' })
    for (const reference of ['(Ada)', '@ada', '@@ada']) {
      const target = `${USERS}/${encodeURIComponent(reference)}/session/create`
      await assertError(call(target, { body: {} }), 404, 'NOT_FOUND')
    }
  })
})
