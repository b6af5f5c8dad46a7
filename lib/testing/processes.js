'use strict'

const assert = require('node:assert/strict')
const { fork } = require('node:child_process')
const { once } = require('node:events')
const { urlOf } = require('./subject.js')
const { adapterOptions, anAdapter, newCode, startApi } = require('./sign-in.js')

const CONTENDER = require.resolve('./contender.js')

const COUNT = 50

/**
 * Runs the tasks in a process of its own each, all from one moment on.
 *
 * @param {import('./subject.js').Subject} subject
 * @param {object[]} tasks what contender.js can do
 * @returns {Promise<any[]>} what it says of each
 */
async function contend({ options }, tasks) {
  const children = tasks.map((task) => start(options, task))
  try {
    await Promise.all(children.map(({ answer }) => answer()))
    for (const { child } of children) child.send('go')
    return await Promise.all(children.map(({ answer }) => answer()))
  } finally {
    for (const { child } of children) child.kill('SIGKILL')
  }
}

function start({ module, execArgv = [] }, task) {
  const child = fork(CONTENDER, [JSON.stringify({ module: urlOf(module), task })], {
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process ended with exit code ${code} before it answered`)
  })
  // Of one that has answered nobody waits for the end.
  ended.catch(() => {})
  const answer = async () => {
    const [{ error, value }] = await Promise.race([once(child, 'message'), ended])
    if (error) throw new Error(`In another process: ${error}`)
    return value
  }
  return { child, answer }
}

module.exports = [
  {
    name: 'processes: the store has compareAndSet',
    async run(subject) {
      const { compareAndSet } = await subject.open()
      assert.ok(compareAndSet, 'without compareAndSet a store is atomic within one process only')
    },
  },
  {
    name: `processes: of two that write ${COUNT} keys at once, one writes each`,
    async run(subject) {
      const keys = Array.from({ length: COUNT }, (_, n) => subject.key(`claimed-${n}`))
      const task = { kind: 'claim', keys }
      const [one, other] = await contend(subject, [task, task])
      for (const [n, key] of keys.entries()) {
        assert.equal(Number(one[n]) + Number(other[n]), 1, `who wrote ${key}`)
      }
    },
  },
  {
    name: `processes: of two that add ${COUNT} to one count, nothing is lost`,
    async run(subject) {
      const key = subject.key('counted')
      const task = { kind: 'increment', key, count: COUNT }
      await contend(subject, [task, task])
      const store = await subject.open()
      assert.equal((await store.get(key)).count, 2 * COUNT)
    },
  },
  {
    name: `processes: of ${2 * COUNT} uses of one code in two adapters, one succeeds`,
    async run(subject) {
      const api = await startApi()
      try {
        const adapter = await anAdapter(subject, api)
        const code = newCode()
        await adapter.createVerificationToken(code)
        const { identifier, token } = code
        const options = adapterOptions(subject, api)
        const task = { kind: 'redeem', options, code: { identifier, token }, count: COUNT }
        const won = await contend(subject, [task, task])
        assert.equal(won[0] + won[1], 1, `succeeded: ${won.join(' and ')}`)
      } finally {
        await api.close()
      }
    },
  },
]
