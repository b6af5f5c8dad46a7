import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { settle } from '../../../testing/outcomes.mjs'
import { everyMethod } from './every-method.mjs'

/**
 * Calls every method at once and wants each to be over within `limit` milliseconds, one way or
 * another.
 */
export async function assertBounded(adapter, id, limit) {
  const began = performance.now()
  const late = sleep(limit, 'late')
  const calls = Object.entries(everyMethod(id)).map(async ([name, call]) => {
    return [name, await Promise.race([settle(call(adapter)), late])]
  })
  const outcomes = await Promise.all(calls)
  const unfinished = outcomes.filter(([, outcome]) => outcome === 'late').map(([name]) => name)
  assert.deepEqual(unfinished, [], `still busy after ${performance.now() - began} ms`)
  for (const [name, outcome] of outcomes) {
    assert.match(String(outcome), /^(resolved|ERR_(?!INTERNAL))/, `${name}: ${outcome}`)
  }
  return Object.fromEntries(outcomes)
}
