/**
 * A process that is measured: one side, told by its parent what to run.
 */
import { runLanes } from './lanes.mjs'
import { OPERATIONS, STORING } from './operations.mjs'

const [module, settings, tag] = process.argv.slice(2)
const { createSide } = await import(`./sides/${module}.mjs`)
const { adapter, close } = createSide(JSON.parse(settings))

/** Numbers that no other process uses for what it makes. */
let next = Number(tag) * 10_000_000

const actions = {
  prepare: ({ operation }) => OPERATIONS[operation].prepare?.(adapter),
  once: ({ operation }) => OPERATIONS[operation].call(adapter, next++),
  async run({ operation, ...run }) {
    const { call } = OPERATIONS[operation]
    const figures = await runLanes((number) => call(adapter, number), { ...run, first: next })
    next = figures.next
    return { ...figures, rss: process.memoryUsage.rss() }
  },
  async fill({ operation, count }) {
    for (let made = 0; made < count; made += 100) {
      const some = Array.from({ length: 100 }, () => STORING[operation].call(adapter, next++))
      await Promise.all(some)
    }
  },
  close,
}

process.on('message', async ({ action, ...options }) => {
  try {
    process.send({ value: await actions[action](options) })
  } catch (error) {
    process.send({ error: error.stack })
  }
  if (action === 'close') process.disconnect()
})
// A client of a Redis that is gone goes on trying, and would keep this process alive.
process.on('disconnect', () => process.exit())
process.send({ value: 'ready' })
