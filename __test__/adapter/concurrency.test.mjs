import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { MemoryStore } from '../../index.js'
import { anotherAdapter, startAdapter } from '../../testing/adapter.mjs'
import { ADA } from '../../testing/people.mjs'
import { guess, issueCode, newCode, redeem } from '../../testing/records.mjs'

/** A store in JavaScript whose calls overlap: each takes a moment before and after it acts. */
class SlowStore {
  entries = new Map()

  async #turn(act) {
    await sleep(Math.random() * 2)
    const value = act()
    await sleep(Math.random() * 2)
    return value
  }

  get = (key) => this.#turn(() => this.entries.get(key))
  set = (key, value) => this.#turn(() => void this.entries.set(key, JSON.stringify(value)))
  del = (key) => this.#turn(() => void this.entries.delete(key))
}

/** The same with the one atomic operation, as a database has it. */
class AtomicStore extends SlowStore {
  async compareAndSet(key, expected, value) {
    await sleep(Math.random() * 2)
    const current = this.entries.get(key)
    if ((current ?? 'null') !== JSON.stringify(expected)) return false
    if (value === null) this.entries.delete(key)
    else this.entries.set(key, JSON.stringify(value))
    return true
  }
}

for (const [name, makeStore] of [
  ['one MemoryStore', () => new MemoryStore()],
  ['one store in JavaScript', () => new SlowStore()],
  ['one store in JavaScript with compareAndSet', () => new AtomicStore()],
]) {
  describe(`two adapters on ${name}`, () => {
    async function startTwo(t) {
      const { adapter, sandbox, store } = await startAdapter(
        t,
        { store: makeStore() },
        { users: [ADA] },
      )
      return [adapter, anotherAdapter(sandbox, { store })]
    }

    test('of 100 redemptions at once one wins', async (t) => {
      const [one, two] = await startTwo(t)
      const code = newCode(ADA.email)
      await one.createVerificationToken(code)
      const redeemed = await Promise.all(
        Array.from({ length: 100 }, (_, n) => redeem(n % 2 ? one : two, code)),
      )
      assert.deepEqual(
        redeemed.filter((it) => it !== null),
        [code],
      )
    })

    test('five guesses at once void the code and four do not', async (t) => {
      for (const [each, isVoid] of [
        [[2, 2], false],
        [[2, 3], true],
        [[20, 20], true],
      ]) {
        const [one, two] = await startTwo(t)
        const code = newCode(ADA.email)
        await one.createVerificationToken(code)
        await Promise.all([guess(one, ADA.email, each[0]), guess(two, ADA.email, each[1])])
        assert.deepEqual(await redeem(two, code), isVoid ? null : code, `${each}`)
      }
    })

    test('no code is lost while codes are made and redeemed at once', async (t) => {
      const [one, two] = await startTwo(t)
      const codes = Array.from({ length: 10 }, () => newCode(ADA.email))
      const redeemed = await Promise.all(
        codes.map(async (code, n) => {
          const [here, there] = n % 2 ? [one, two] : [two, one]
          await here.createVerificationToken(code)
          return redeem(there, code)
        }),
      )
      assert.deepEqual(redeemed, codes)
    })

    test('50 people at once each get their own', async (t) => {
      const [one, two] = await startTwo(t)
      const codes = Array.from({ length: 50 }, (_, n) => newCode(`user${n}`))
      await Promise.all(codes.map((code) => one.createVerificationToken(code)))
      const redeemed = await Promise.all(codes.map((code) => redeem(two, code)))
      assert.deepEqual(redeemed, codes)
    })
  })
}

test('two stores that stand for one database are one to the adapters of one process', async (t) => {
  const entries = new Map()
  const views = [0, 1].map(() => Object.assign(new SlowStore(), { entries }))
  const { adapter, sandbox } = await startAdapter(t, { store: views[0] }, { users: [ADA] })
  const other = anotherAdapter(sandbox, { store: views[1] })
  const code = await issueCode(adapter, ADA.email)
  const redeemed = await Promise.all(
    Array.from({ length: 40 }, (_, n) => redeem(n % 2 ? adapter : other, code)),
  )
  assert.equal(redeemed.filter(Boolean).length, 1)
})
