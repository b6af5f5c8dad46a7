import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA } from '../../../testing/people.mjs'
import { start } from './subject.mjs'

/** How much later than due a timer may fire on a busy machine, in milliseconds. */
const LATE = 900

/** The milliseconds between the requests that the sandbox got. */
function gaps(sandbox) {
  const times = sandbox.requests.map(({ at }) => at)
  return times.slice(1).map((at, index) => at - times[index])
}

const httpDate = (milliseconds) => new Date(Date.now() + milliseconds).toUTCString()

/** @returns the sandbox after a look-up that was told once to come back later */
async function lookUpTold(t, status, value, options = {}) {
  const { adapter, sandbox } = await start(t, { retries: 1, retryDelay: 0, ...options })
  const headers = { 'retry-after': typeof value === 'function' ? value() : value }
  sandbox.inject({ type: 'status', status, headers, times: 1 })
  const outcome = await adapter.getUserByEmail(ADA.email).catch((error) => error)
  return { outcome, sandbox }
}

describe('Retry-After', { concurrency: true }, () => {
  // A date has no fraction of a second: it may be up to a second sooner than it was meant.
  for (const [name, status, value, least, most] of [
    ['a second', 429, '1', 990, 1_000],
    ['a second', 503, '1', 990, 1_000],
    ['a second, with blanks around it', 429, ' 1 ', 990, 1_000],
    ['the most that is obeyed, five seconds', 429, '5', 4_990, 5_000],
    ['a date three seconds from now', 429, () => httpDate(3_000), 1_950, 3_000],
    ['a date three seconds from now', 503, () => httpDate(3_000), 1_950, 3_000],
    ['no time at all', 429, '0', 0, 0],
    ['a date in the past', 429, () => httpDate(-60_000), 0, 0],
    ['something that is no time', 429, 'soon', 0, 0],
    ['a negative number', 429, '-5', 0, 0],
    ['a fraction', 429, '0.5', 0, 0],
  ]) {
    test(`a ${status} that asks for ${name} is tried again when it is due`, async (t) => {
      const { outcome, sandbox } = await lookUpTold(t, status, value)
      assert.equal(outcome.email, ADA.email)
      const [gap] = gaps(sandbox)
      assert.ok(gap >= least && gap <= most + LATE, `${gap} ms`)
    })
  }

  for (const [name, value] of [
    ['six seconds', '6'],
    ['an hour', '3600'],
    ['the most that 64 bits hold', '18446744073709551615'],
    ['more than 64 bits hold', '99999999999999999999999'],
    ['a date an hour from now', () => httpDate(3_600_000)],
  ]) {
    test(`a 429 that asks for ${name} is not tried again: somebody is waiting`, async (t) => {
      const { outcome, sandbox } = await lookUpTold(t, 429, value)
      failure('ERR_API_RATE_LIMITED', { retryable: true })(outcome)
      assert.equal(sandbox.requests.length, 1)
    })
  }
})

describe('the wait that nobody asked for', { concurrency: true }, () => {
  const FIRST = 150 // ms
  const outage = async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 3, retryDelay: FIRST })
    sandbox.inject({ type: 'status', status: 503 })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_UNAVAILABLE'))
    return gaps(sandbox)
  }

  test('an outage is met with waits that double at most and are anything below that', async (t) => {
    const all = await Promise.all(Array.from({ length: 30 }, () => outage(t)))
    for (const waits of all) {
      assert.equal(waits.length, 3)
      waits.forEach((wait, index) => {
        assert.ok(wait <= FIRST * 2 ** index + LATE, `${waits}`)
      })
    }
    const mean = (index) => all.reduce((sum, waits) => sum + waits[index], 0) / all.length
    // Full jitter: 30 draws that all fall on one side of the middle are one in a billion.
    const thirds = all.map((waits) => waits[2])
    assert.ok(Math.min(...thirds) < FIRST * 2, `${thirds}`)
    assert.ok(Math.max(...thirds) > FIRST * 2, `${thirds}`)
    assert.ok(mean(2) > mean(0) * 1.5, `${mean(0)} ms, then ${mean(2)} ms`)
  })
})

describe('the purse of retries', { concurrency: true }, () => {
  const PURSE = 20
  const person = (number) => `person-${number}@example.com`
  const lookUp = (adapter, count) =>
    Promise.all(
      Array.from({ length: count }, (_, number) =>
        adapter.getUserByEmail(person(number)).catch((error) => error),
      ),
    )

  test('an outage that 400 people meet is not multiplied by our retries', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 10, retryDelay: 0 })
    sandbox.inject({ type: 'status', status: 503 })
    const began = performance.now()
    const outcomes = await lookUp(adapter, 400)
    const seconds = (performance.now() - began) / 1_000
    for (const outcome of outcomes) failure('ERR_API_UNAVAILABLE')(outcome)
    const retries = sandbox.requests.length - 400
    // What was saved, a tenth for each call, a half for each second.
    assert.ok(retries >= PURSE, `${retries} retries`)
    assert.ok(retries <= PURSE + 40 + seconds / 2 + 1, `${retries} retries in ${seconds} s`)
  })

  test('an empty purse fills again when the outage is over', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 1, retryDelay: 0 })
    sandbox.inject({ type: 'status', status: 503 })
    await lookUp(adapter, 60)
    sandbox.clearFaults()
    await lookUp(adapter, 20)
    sandbox.inject({ type: 'status', status: 503, times: 1 })
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
  })

  test('errors that are not tried again cost the purse nothing', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 1, retryDelay: 0 })
    const refused = sandbox.inject({ type: 'status', status: 400 })
    await lookUp(adapter, 60)
    refused.remove()
    sandbox.inject({ type: 'status', status: 503, times: 1 })
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
  })

  test('a rate limit that asks for an hour costs the purse nothing: nothing is sent', async (t) => {
    const { adapter, sandbox } = await start(t, { retries: 1, retryDelay: 0 })
    const headers = { 'retry-after': '3600' }
    const limited = sandbox.inject({ type: 'status', status: 429, headers })
    await lookUp(adapter, 60)
    assert.equal(sandbox.requests.length, 60)
    limited.remove()
    sandbox.inject({ type: 'status', status: 503, times: 1 })
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
  })
})
