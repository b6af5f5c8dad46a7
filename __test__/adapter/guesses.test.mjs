import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { anotherAdapter, startAdapter } from '../../testing/adapter.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { guess, issueCode, redeem } from '../../testing/records.mjs'

async function startWithCode(t, options) {
  const started = await startAdapter(t, options)
  return { ...started, code: await issueCode(started.adapter, ADA.email) }
}

describe('guessing', () => {
  test('four wrong codes at once leave the right one, five void it', async (t) => {
    for (const [count, isVoid] of [
      [4, false],
      [5, true],
      [100, true],
    ]) {
      const { adapter, code } = await startWithCode(t)
      const guesses = await guess(adapter, ADA.email, count)
      assert.ok(guesses.every((it) => it === null))
      assert.deepEqual(await redeem(adapter, code), isVoid ? null : code, `${count}`)
    }
  })

  test('through two adapters the count is one', async (t) => {
    for (const [each, isVoid] of [
      [2, false],
      [3, true],
    ]) {
      const { adapter, sandbox, store, code } = await startWithCode(t)
      const other = anotherAdapter(sandbox, { store })
      await Promise.all([guess(adapter, ADA.email, each), guess(other, ADA.email, each)])
      assert.deepEqual(await redeem(other, code), isVoid ? null : code)
    }
  })

  test('the void takes all outstanding codes, and nobody else’s', async (t) => {
    const { adapter, code } = await startWithCode(t)
    const second = await issueCode(adapter, ADA.email)
    const bob = await issueCode(adapter, BOB.email)
    await guess(adapter, ADA.email, 5)
    assert.equal(await redeem(adapter, code), null)
    assert.equal(await redeem(adapter, second), null)
    assert.deepEqual(await redeem(adapter, bob), bob)
  })

  test('a new code does not renew the attempts', async (t) => {
    const { adapter } = await startWithCode(t)
    await guess(adapter, ADA.email, 4)
    const second = await issueCode(adapter, ADA.email)
    await guess(adapter, ADA.email, 1)
    assert.equal(await redeem(adapter, second), null)
  })

  test('a success renews them', async (t) => {
    const { adapter, code } = await startWithCode(t)
    await guess(adapter, ADA.email, 4)
    assert.deepEqual(await redeem(adapter, code), code)
    const second = await issueCode(adapter, ADA.email)
    await guess(adapter, ADA.email, 4)
    assert.deepEqual(await redeem(adapter, second), second)
  })

  test('without an outstanding code counts for nothing, so it locks nobody out', async (t) => {
    const { adapter, store } = await startAdapter(t, { lockAfter: 1 })
    await guess(adapter, ADA.email, 200)
    assert.equal(store.size, 0)
    const code = await issueCode(adapter, ADA.email)
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('somebody else’s right code counts as a wrong one', async (t) => {
    const { adapter, code } = await startWithCode(t)
    const bob = await issueCode(adapter, BOB.email)
    for (let n = 0; n < 5; n += 1) {
      assert.equal(await redeem(adapter, { identifier: ADA.email, token: bob.token }), null)
    }
    assert.equal(await redeem(adapter, code), null)
    assert.deepEqual(await redeem(adapter, bob), bob)
  })

  test('a used code counts as a wrong one only while another is outstanding', async (t) => {
    const { adapter, code } = await startWithCode(t, { codeAttempts: 1 })
    await redeem(adapter, code)
    assert.equal(await redeem(adapter, code), null)
    const second = await issueCode(adapter, ADA.email)
    assert.deepEqual(await redeem(adapter, second), second)
  })
})

describe('guessing on and on', () => {
  test('counts exactly: 100 guesses at once are five, however many codes are asked for', async (t) => {
    const { adapter } = await startAdapter(t, { lockAfter: 11 })
    for (let round = 0; round < 2; round += 1) {
      await issueCode(adapter, ADA.email)
      await guess(adapter, ADA.email, 100)
    }
    // Ten failures so far, one below the lock.
    const code = await issueCode(adapter, ADA.email)
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('ends in a lock that no new code opens', async (t) => {
    const { adapter } = await startAdapter(t, { lockAfter: 10 })
    for (let round = 0; round < 2; round += 1) {
      await issueCode(adapter, ADA.email)
      await guess(adapter, ADA.email, 100)
    }
    for (let round = 0; round < 3; round += 1) {
      assert.equal(await redeem(adapter, await issueCode(adapter, ADA.email)), null)
    }
  })

  test('the lock ends by itself, and one more wrong code locks again', async (t) => {
    const { adapter } = await startAdapter(t, { lockAfter: 2, lockFor: 150 })
    const code = await issueCode(adapter, ADA.email)
    await guess(adapter, ADA.email, 2)
    assert.equal(await redeem(adapter, code), null)
    const during = await issueCode(adapter, ADA.email)
    assert.equal(await redeem(adapter, during), null)
    await sleep(170)
    await guess(adapter, ADA.email, 1)
    assert.equal(await redeem(adapter, during), null, 'locked again')
    await sleep(170)
    const after = await issueCode(adapter, ADA.email)
    assert.deepEqual(await redeem(adapter, after), after)
    const last = await issueCode(adapter, ADA.email)
    await guess(adapter, ADA.email, 1)
    assert.deepEqual(await redeem(adapter, last), last, 'success ended the count')
  })

  test('a lock is of one identifier, however it is spelled', async (t) => {
    const { adapter } = await startAdapter(t, { lockAfter: 1 })
    await issueCode(adapter, ADA.email)
    await guess(adapter, ' ADA@EXAMPLE.COM ', 1)
    assert.equal(await redeem(adapter, await issueCode(adapter, ADA.email)), null)
    const bob = await issueCode(adapter, BOB.email)
    assert.deepEqual(await redeem(adapter, bob), bob)
  })
})
