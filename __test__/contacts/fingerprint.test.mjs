import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { ChatBotKitContactAdapter, ChatBotKitPartnerAdapter, MemoryStore } from '../../index.js'
import { failure } from '../../testing/outcomes.mjs'
import { EVE } from '../../testing/people.mjs'
import { calls, start } from './subject.mjs'

/** UUID version 5 (RFC 9562, 5.5). */
function uuid(text, namespace) {
  const bytes = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  const hash = createHash('sha1').update(bytes).update(text).digest().subarray(0, 16)
  hash[6] = (hash[6] & 0x0f) | 0x50
  hash[8] = (hash[8] & 0x3f) | 0x80
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** What ChatBotKit's own programs make of ada@example.com, by the names in docs/contacts.md. */
const MADE = {
  manual: '9b62a3a2bce7c868f30d60f0818e84d2',
  chatAuthStripe: '283dd920-fb86-589c-826d-6da811036a94',
  agenticSaas: '94f1c625-f6b8-557b-b9fc-3c908e5ebc3f',
  authChat: 'a63472b0-a053-5c05-a7e6-582ae2e0bd53',
}

describe('the rules in docs/contacts.md', () => {
  const page = readFileSync(new URL('../../docs/contacts.md', import.meta.url), 'utf8')
  for (const [name, fingerprint] of Object.entries(MADE)) {
    test(`make what the programs make: ${name}`, () => {
      const rule = new RegExp(`^const ${name} = (.+)$`, 'm').exec(page)[1]
      const run = new Function('createHash', 'uuid', `return ${rule}`)(createHash, uuid)
      assert.equal(run('ada@example.com'), fingerprint)
    })
  }
})

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
