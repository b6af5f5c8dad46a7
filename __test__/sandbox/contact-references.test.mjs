import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertError, CONTACTS, call, current } from './fresh-sandbox.mjs'

const fetched = (reference) => call(`${CONTACTS}/${encodeURIComponent(reference)}/fetch`)

describe('the contact that a path names', () => {
  test('(NAME) is the first of that name in the account', async () => {
    const { id } = current.sandbox.contacts.add({ name: 'Ada L' })
    current.sandbox.contacts.add({ name: 'Ada L' })
    current.sandbox.addPartner('other').contacts.add({ name: 'Bob' })
    for (const reference of ['(Ada L)', '( Ada L )', ` ${id} `]) {
      assert.equal((await fetched(reference)).json.id, id, reference)
    }
    for (const reference of ['(Bob)', '(ada l)']) {
      await assertError(fetched(reference), 404, 'NOT_FOUND')
    }
    await assertError(fetched('()'), 500, 'GENERIC_ERROR', 'Name is required')
  })

  test('an alias, which contacts do not have, answers 500', async () => {
    for (const reference of ['@ada', '@@ada', '@a@b']) {
      await assertError(fetched(reference), 500, 'GENERIC_ERROR', 'System error occurred')
    }
  })

  test('an id that is no percent-encoding answers 400', async () => {
    await assertError(call(`${CONTACTS}/%E0%A4%A/fetch`), 400, 'BAD_REQUEST')
  })
})
