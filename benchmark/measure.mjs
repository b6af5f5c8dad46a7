import { compare } from './compare.mjs'
import { againstSignIns, againstStored } from './scale.mjs'
import { startAdapter } from './sides.mjs'

/** Everything that is measured side by side. */
export async function measure({ plan, operations, near, far, start, redis, say }) {
  const sides = await start(near)
  const told = (what) => (line) => say(`${what}: ${line}`)
  const cases = await compare(sides, { ...plan.near, operations, say: told('no delay') })

  const { adapter, javascript } = sides
  const signIns = await againstSignIns({
    sides: { adapter, javascript },
    concurrencies: plan.signIns.concurrencies,
    options: { ...plan.signIns, say: told('sign-ins') },
  })
  const { sizes, ...options } = plan.stored
  await stopAll(sides)
  const stored = await againstStored({
    redis,
    start: ({ port }) => startAdapter({ ...near, redisUrl: `redis://127.0.0.1:${port}` }),
    sizes,
    options: { ...options, say: told('stored') },
  })

  const distant = await start(far)
  const { floor: _, ...waiting } = distant
  const delayed = await compare(waiting, {
    ...plan.far,
    operations,
    say: told(`${plan.delay} ms of delay`),
  })
  await stopAll(distant)
  return { cases, delayed, signIns, scale: stored }
}

async function stopAll(sides) {
  for (const side of Object.values(sides)) await side.stop()
}
