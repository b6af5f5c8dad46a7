import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { calls, startAdapter } from '../../testing/adapter.mjs'
import { ADA, BOB } from '../../testing/people.mjs'
import { issueCode, newCode, redeem } from '../../testing/records.mjs'
import { mapStore } from '../../testing/stores.mjs'

describe('a code', () => {
  test('is stored and returned as exactly identifier, token and expires', async (t) => {
    const { adapter } = await startAdapter(t)
    const code = newCode(ADA.email)
    const extra = { ...code, id: 5, admin: true }
    assert.deepEqual(await adapter.createVerificationToken(extra), code)
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('works once, and the same pair may be made again', async (t) => {
    const { adapter } = await startAdapter(t)
    const code = newCode(ADA.email)
    for (let round = 0; round < 3; round += 1) {
      await adapter.createVerificationToken(code)
      assert.deepEqual(await redeem(adapter, code), code)
      assert.equal(await redeem(adapter, code), null)
    }
  })

  test('made twice works once', async (t) => {
    const { adapter } = await startAdapter(t)
    const code = newCode(ADA.email)
    await Promise.all([1, 2, 3].map(() => adapter.createVerificationToken(code)))
    const redeemed = await Promise.all([1, 2, 3].map(() => redeem(adapter, code)))
    assert.equal(redeemed.filter(Boolean).length, 1)
  })

  test('belongs to its identifier', async (t) => {
    const { adapter } = await startAdapter(t)
    const code = await issueCode(adapter, ADA.email)
    const { token } = code
    for (const identifier of [
      BOB.email,
      '',
      'ada',
      `${ADA.email}.`,
      `${ADA.email},x`,
      'ada:',
      '*',
    ]) {
      assert.equal(await redeem(adapter, { identifier, token }), null, identifier)
    }
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('belongs to it however it is spelled, and comes back as it was spelled', async (t) => {
    const { adapter } = await startAdapter(t)
    const code = await issueCode(adapter, ADA.email)
    const presented = { identifier: ' ADA@Example.com', token: code.token }
    assert.deepEqual(await redeem(adapter, presented), { ...code, ...presented })
  })

  test('without a wrong letter: the token is compared as it is', async (t) => {
    const { adapter } = await startAdapter(t, { codeAttempts: 100 })
    const code = await issueCode(adapter, ADA.email)
    const { identifier, token } = code
    const wrong = [`${token} `, ` ${token}`, token.toUpperCase(), token.slice(1), `${token}\0`, '']
    for (const other of wrong) {
      assert.equal(await redeem(adapter, { identifier, token: other }), null, other)
    }
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('ends when it ends, also if that was before it was made', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const short = await issueCode(adapter, ADA.email, 60)
    await sleep(80)
    assert.equal(await redeem(adapter, short), null)
    for (const time of [0, -1, Date.now() - 1, -8.64e15]) {
      const ended = { ...newCode(BOB.email), expires: new Date(time) }
      assert.deepEqual(await adapter.createVerificationToken(ended), ended)
      assert.equal(await redeem(adapter, ended), null)
    }
    assert.deepEqual(calls(sandbox), [])
  })

  test('may end at the end of time', async (t) => {
    const { adapter } = await startAdapter(t)
    const code = { ...newCode(ADA.email), expires: new Date(8.64e15) }
    await adapter.createVerificationToken(code)
    assert.deepEqual(await redeem(adapter, code), code)
  })

  test('of an identifier that is no address works without a request', async (t) => {
    const { adapter, sandbox } = await startAdapter(t)
    const odd = ['ada', '', 'a:b', 'x\0y', 'x\r\ny', '{}', '__proto__', '🦊', 'x'.repeat(1_000_000)]
    for (const identifier of odd) {
      const code = await issueCode(adapter, identifier)
      assert.deepEqual(await redeem(adapter, code), code)
    }
    assert.deepEqual(calls(sandbox), [])
  })

  test('that is wrong costs no request', async (t) => {
    const { adapter, sandbox } = await startAdapter(t, {}, { users: [ADA] })
    await adapter.createVerificationToken(newCode(ADA.email))
    assert.equal(await redeem(adapter, newCode(ADA.email)), null)
    assert.equal(await redeem(adapter, newCode(BOB.email)), null)
    assert.deepEqual(calls(sandbox), [])
  })

  test('stays when others are asked for, up to ten', async (t) => {
    const { adapter } = await startAdapter(t, { codeAttempts: 100 })
    const codes = Array.from({ length: 11 }, () => newCode(ADA.email))
    for (const code of codes) await adapter.createVerificationToken(code)
    assert.equal(await redeem(adapter, codes[0]), null)
    for (const code of codes.slice(1)) assert.deepEqual(await redeem(adapter, code), code)
  })

  test('asked for many times at once is never lost', async (t) => {
    const { adapter } = await startAdapter(t)
    const codes = Array.from({ length: 10 }, () => newCode(ADA.email))
    await Promise.all(codes.map((code) => adapter.createVerificationToken(code)))
    const redeemed = await Promise.all(codes.map((code) => redeem(adapter, code)))
    assert.deepEqual(redeemed, codes)
  })
})

describe('what the store sees', () => {
  test('keys and values hold no address and no token', async (t) => {
    const seen = []
    const entries = new Map()
    const store = {
      ...mapStore(entries),
      set(key, value, options) {
        seen.push(JSON.stringify([key, value, options]))
        entries.set(key, value)
      },
    }
    const { adapter } = await startAdapter(t, { store, keyPrefix: 'p:' })
    const code = await issueCode(adapter, 'ada:lovelace\r\n@example.com')
    await redeem(adapter, newCode(code.identifier))
    for (const text of seen) {
      assert.ok(!text.includes('lovelace') && !text.includes(code.token), text)
    }
    for (const key of entries.keys()) assert.match(key, /^p:[\w:-]+$/)
  })

  test('every value has a lifetime, no longer than a day and a little', async (t) => {
    const lifetimes = []
    const entries = new Map()
    const store = {
      ...mapStore(entries),
      set(key, value, options) {
        lifetimes.push(options?.px)
        entries.set(key, value)
      },
    }
    const { adapter } = await startAdapter(t, { store })
    const code = await issueCode(adapter, ADA.email)
    await redeem(adapter, newCode(ADA.email))
    for (const px of lifetimes)
      assert.ok(Number.isInteger(px) && px > 0 && px <= 86_400_000, `${px}`)
    assert.ok(lifetimes[0] <= 600_000)
    await redeem(adapter, code)
    // Nothing is outstanding, and nobody has failed.
    assert.ok(lifetimes.at(-1) <= 150_000)
  })

  test('two prefixes are two worlds', async (t) => {
    const { adapter, store } = await startAdapter(t, { keyPrefix: 'one:' })
    const { adapter: other } = await startAdapter(t, { keyPrefix: 'two:', store })
    const code = await issueCode(adapter, ADA.email)
    assert.equal(await redeem(other, code), null)
    assert.deepEqual(await redeem(adapter, code), code)
  })
})
