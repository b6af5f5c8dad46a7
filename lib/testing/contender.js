'use strict'

// A process that processes.js starts: it opens a store, says so, waits for a word, and does one task.

const { ChatBotKitPartnerAdapter } = require('../adapter/partner-adapter.js')
const { claim, increment } = require('./contention.js')
const { Subject } = require('./subject.js')

const TASKS = {
  /** Whether each key was written by this process. */
  claim: async ({ keys }, { store }) => Promise.all(keys.map((key) => claim(store, key))),

  async increment({ key, count }, { store }) {
    for (let done = 0; done < count; done += 1) await increment(store, key)
  },

  /** How many of `count` uses of the code succeeded. */
  async redeem({ options, code, count }, { option }) {
    const adapter = ChatBotKitPartnerAdapter({ ...options, store: option })
    const uses = Array.from({ length: count }, () => adapter.useVerificationToken(code))
    return (await Promise.all(uses)).filter(Boolean).length
  },
}

async function main({ module, task }) {
  const subject = new Subject({ module })
  const [store, option] = [await subject.open(), await subject.option()]
  // So that its connection is open.
  await store.get(subject.key('first'))
  process.once('message', async () => {
    await tell(() => TASKS[task.kind](task, { store, option }))
  })
  return undefined
}

async function tell(act) {
  try {
    process.send({ value: (await act()) ?? null })
  } catch (error) {
    process.send({ error: error?.stack ?? String(error) })
  }
}

tell(() => main(JSON.parse(process.argv[2])))
