import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ChatBotKitContactAdapter, ChatBotKitPartnerAdapter, MemoryStore } from '../../index.js'
import { failure } from '../../testing/outcomes.mjs'
import { EVE } from '../../testing/people.mjs'
import { calls, start } from './subject.mjs'

describe('the option fingerprint', () => {
  test('is asked for normalised addresses, and its text is the contact’s', async (t) => {
    const asked = []
    const fingerprint = (email) => {
      asked.push(email)
      return `my-own-rule-for:${email}`
    }
    const { adapter } = await start(t, { fingerprint })
    const user = await adapter.createUser({ ...EVE, email: ' EVE@Example.com ' })
    assert.equal(user.fingerprint, 'my-own-rule-for:eve@example.com')
    assert.equal((await adapter.getUserByEmail('Eve@example.com')).id, user.id)
    assert.deepEqual([...new Set(asked)], ['eve@example.com'])
  })

  test('is refused when it makes no fingerprint that the API takes, before any request', async (t) => {
    const many = 'x'.repeat(192)
    for (const made of [
      undefined,
      null,
      5,
      '',
      'short',
      'x'.repeat(16),
      many,
      ` ${'x'.repeat(20)}`,
    ]) {
      const { adapter, sandbox } = await start(t, { fingerprint: () => made })
      for (const call of [adapter.createUser(EVE), adapter.getUserByEmail(EVE.email)]) {
        await assert.rejects(call, failure('ERR_INVALID_OPTION', { message: /fingerprint/ }))
      }
      assert.deepEqual(calls(sandbox), [])
    }
  })

  test('that throws is the cause, and its words are not in the message', async (t) => {
    const thrown = new Error(`no rule for ${EVE.email}`)
    const fingerprint = () => {
      throw thrown
    }
    const { adapter } = await start(t, { fingerprint })
    await assert.rejects(adapter.getUserByEmail(EVE.email), (error) => {
      assert.ok(failure('ERR_INVALID_OPTION', { cause: thrown })(error))
      assert.ok(!error.message.includes(EVE.email))
      return true
    })
  })

  test('is a promise’s no more than a number’s', async (t) => {
    const rejects = async () => {
      throw new Error('nobody looks at this')
    }
    for (const fingerprint of [async () => 'x'.repeat(32), rejects]) {
      const { adapter } = await start(t, { fingerprint })
      const refused = failure('ERR_INVALID_OPTION', { message: /not a promise/ })
      await assert.rejects(adapter.getUserByEmail(EVE.email), refused)
    }
  })
})

describe('the options of the contact adapter', () => {
  const options = { secret: 'x', store: new MemoryStore() }

  test('are those of the partner adapter, by the names of contacts', () => {
    for (const name of ['autoCreateUser', 'autoUpdateUser', 'autoDeleteUser', 'apiRoutes']) {
      const refused = failure('ERR_INVALID_OPTION', { message: new RegExp(`"${name}"`) })
      assert.throws(() => ChatBotKitContactAdapter({ ...options, [name]: true }), refused)
    }
    for (const name of ['autoCreateContact', 'autoUpdateContact', 'autoDeleteContact']) {
      const refused = failure('ERR_INVALID_OPTION', { message: new RegExp(`"${name}"`) })
      assert.throws(() => ChatBotKitContactAdapter({ ...options, [name]: 'yes' }), refused)
      assert.throws(() => ChatBotKitPartnerAdapter({ ...options, [name]: true }), refused)
      assert.ok(ChatBotKitContactAdapter({ ...options, [name]: true }))
    }
    for (const bad of ['sha256', 5, {}, null]) {
      const wrong = { ...options, fingerprint: bad }
      assert.throws(() => ChatBotKitContactAdapter(wrong), failure('ERR_INVALID_OPTION'))
    }
  })

  test('name no field of users that contacts have already', () => {
    for (const field of ['fingerprint', 'verifiedAt', 'phone', 'nick', 'preferences', 'email']) {
      const userFields = [field]
      const wrong = { ...options, userFields }
      assert.throws(() => ChatBotKitContactAdapter(wrong), failure('ERR_INVALID_OPTION'))
    }
    assert.ok(ChatBotKitPartnerAdapter({ ...options, userFields: ['phone'] }))
  })
})
