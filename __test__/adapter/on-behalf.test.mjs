/**
 * Acting for a user with the SDK, and from a browser.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { ChatBotKitContactAdapter, ChatBotKitPartnerAdapter, MemoryStore } from '../../index.js'
import { startAdapter, startSandbox } from '../../testing/adapter.mjs'
import { failure } from '../../testing/outcomes.mjs'
import { ADA } from '../../testing/people.mjs'

const complete = async (url, headers, body) => {
  const response = await fetch(`${url}/v1/conversation/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ type: 'user', text: 'Hi' }], ...body }),
  })
  return { status: response.status, ...(await response.json()) }
}

describe('clientOptions', () => {
  test('of a sub-account has the API run calls as that one', async (t) => {
    const { adapter, sandbox, ada } = await startAdapter(t, {}, { users: [ADA] })
    const options = await adapter.clientOptions(ada.id)
    const { secret, url: baseUrl } = sandbox
    assert.deepEqual(options, { secret, baseUrl, runAsUserId: ada.id })
    // What the SDK makes of them.
    const headers = {
      authorization: `Bearer ${options.secret}`,
      'x-runas-user-id': options.runAsUserId,
    }
    assert.match((await complete(options.baseUrl, headers)).text, /^Hello Ada Lovelace\./)
    assert.equal(sandbox.requests.length, 1)
  })

  test('of a contact names the contact', async (t) => {
    const sandbox = await startSandbox(t)
    const contact = sandbox.contacts.add({ email: ADA.email, verifiedAt: 1, name: 'Ada' })
    const { secret, url: baseUrl } = sandbox
    const adapter = ChatBotKitContactAdapter({ secret, baseUrl, store: new MemoryStore() })
    const options = await adapter.clientOptions(contact.id)
    assert.deepEqual(options, { secret, baseUrl, contactId: contact.id })
    const headers = { authorization: `Bearer ${options.secret}` }
    const { text } = await complete(baseUrl, headers, { contactId: options.contactId })
    assert.match(text, /^Hello Ada\./)
  })

  test('is refused for what is no id: the SDK would act as the whole account', async () => {
    const store = new MemoryStore()
    for (const make of [ChatBotKitPartnerAdapter, ChatBotKitContactAdapter]) {
      const adapter = make({ secret: 'x', store })
      for (const id of [
        undefined,
        null,
        '',
        '(Ada)',
        '@ada',
        'a/b',
        'a'.repeat(129),
        7,
        {},
        ['a'],
      ]) {
        await assert.rejects(adapter.clientOptions(id), failure('ERR_INVALID_ARGUMENT'))
      }
      for (const secret of [undefined, null, '', ' \n']) {
        const options = make({ secret, store }).clientOptions('cada')
        await assert.rejects(options, failure('ERR_MISSING_SECRET'))
      }
    }
  })

  test('has the hosted API where there is no other, and the secret as the API gets it', async () => {
    const adapter = ChatBotKitPartnerAdapter({ secret: ' s3cret\n', store: new MemoryStore() })
    const { secret, baseUrl } = await adapter.clientOptions('cada')
    assert.deepEqual([secret, baseUrl], ['s3cret', 'https://api.chatbotkit.com'])
    const shown = [inspect(adapter, { depth: 9, showHidden: true }), JSON.stringify({ adapter })]
    for (const text of shown) assert.ok(!text.includes('s3cret'), text)
  })
})

describe('createApiSession', () => {
  test('makes a token with which a browser speaks for the sub-account', async (t) => {
    const { adapter, sandbox, ada } = await startAdapter(t, {}, { users: [ADA] })
    const began = Date.now()
    const { token, expires, ...others } = await adapter.createApiSession(ada.id)
    assert.deepEqual(others, {})
    assert.ok(Math.abs(expires - began - 900_000) < 5_000, `${expires}`)
    const answer = await complete(sandbox.url, { authorization: `Bearer ${token}` })
    assert.match(answer.text, /^Hello Ada Lovelace\./)
  })

  test('for as long, for the routes and for the contact that are asked for', async (t) => {
    const { adapter, sandbox, ada } = await startAdapter(t, {}, { users: [ADA] })
    const contact = sandbox.contactsOf(ada.id).add({ name: 'Carl' })
    const { token, expires } = await adapter.createApiSession(ada.id, {
      expiresIn: 60,
      allowedRoutes: ['conversation/**'],
      contactId: contact.id,
    })
    assert.ok(Math.abs(expires - Date.now() - 60_000) < 5_000)
    assert.deepEqual(sandbox.requests.at(-1).body, {
      durationInSeconds: 60,
      config: { allowedRoutes: ['conversation/**'], contactId: contact.id },
    })
    const authorization = `Bearer ${token}`
    assert.match((await complete(sandbox.url, { authorization })).text, /^Hello Carl\./)
    const list = await fetch(`${sandbox.url}/v1/contact/list`, { headers: { authorization } })
    assert.equal(list.status, 403)
  })

  test('over either generation of routes', async (t) => {
    for (const generation of ['partner', 'user']) {
      const sandbox = await startSandbox(t, { users: [ADA], generations: [generation] })
      const { id } = sandbox.users.findByEmail(ADA.email)
      const { secret, url: baseUrl } = sandbox
      const adapter = ChatBotKitPartnerAdapter({ secret, baseUrl, store: new MemoryStore() })
      assert.ok((await adapter.createApiSession(id)).token)
      await assert.rejects(adapter.createApiSession('cnobody'), failure('ERR_USER_NOT_FOUND'))
    }
  })

  test('refuses what nobody means, before the API is asked', async (t) => {
    const { adapter, sandbox, ada } = await startAdapter(t, {}, { users: [ADA] })
    for (const options of [
      null,
      'x',
      { expiresIn: 0 },
      { expiresIn: 1.5 },
      { expiresIn: -1 },
      { expiresIn: '60' },
      { expiresIn: null },
      { expiresIn: 900_000 },
      { allowedRoutes: [] },
      { allowedRoutes: 'conversation/**' },
      { allowedRoutes: [' '] },
      { allowedRoutes: [7] },
      { contactId: '' },
      { contactId: '(Carl)' },
      { durationInSeconds: 60 },
    ]) {
      const made = adapter.createApiSession(ada.id, options)
      await assert.rejects(made, failure('ERR_INVALID_ARGUMENT'), JSON.stringify(options))
    }
    for (const id of ['', '(Ada Lovelace)', '@ada']) {
      await assert.rejects(adapter.createApiSession(id), failure('ERR_INVALID_ARGUMENT'))
    }
    assert.deepEqual(sandbox.requests, [])
  })

  test('says so when the answer has no token or no end, and never shows one', async (t) => {
    const { adapter, sandbox, ada } = await startAdapter(t, {}, { users: [ADA] })
    for (const json of [
      { id: 'x', token: '', expiresAt: 5 },
      { id: 'x', token: 't0ken' },
      { id: 'x', token: 't0ken', expiresAt: 'soon' },
      { id: 'x', expiresAt: 5 },
    ]) {
      sandbox.inject({ type: 'body', json, times: 1, route: 'session/create' })
      await assert.rejects(adapter.createApiSession(ada.id), (error) => {
        assert.equal(error.code, 'ERR_API_RESPONSE')
        assert.ok(!inspect(error).includes('t0ken'))
        return true
      })
    }
  })

  test('is refused for contacts, of which the API makes none', async (t) => {
    const sandbox = await startSandbox(t)
    const { secret, url: baseUrl } = sandbox
    const adapter = ChatBotKitContactAdapter({ secret, baseUrl, store: new MemoryStore() })
    await assert.rejects(adapter.createApiSession('cada'), failure('ERR_INVALID_ARGUMENT'))
    assert.deepEqual(sandbox.requests, [])
  })
})
