/**
 * `npm run bench`: measures this adapter beside the same contract in JavaScript and a floor in Rust.
 * docs/performance.md describes what it does and quotes what it prints.
 *
 *     npm run bench                      about eight minutes
 *     npm run bench -- --quick           about two
 *     npm run bench -- --docs            puts its results into the README and docs/performance.md
 *     npm run bench -- --only getUser    some operations, separated by commas
 *     npm run bench -- --stores          its stores beside one another, and nothing else: a minute
 *     npm run bench -- --before ../old   another checkout of this package, built, as a side as well
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { main, prepare, ROOT } from '../scripts/setup.mjs'
import { startRedis } from '../testing/redis/servers.mjs'
import { COMPARED } from './operations.mjs'
import { QUICK, WHOLE } from './plan.mjs'
import { USERS } from './population.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    only: { type: 'string' },
    stores: { type: 'boolean', default: false },
    before: { type: 'string' },
  },
})
const operations = values.only?.split(',') ?? COMPARED
const plan = values.quick ? QUICK : WHOLE

await main(async () => {
  prepare({
    packages: ['redis-server', 'postgresql', 'pgbouncer'],
    folders: [ROOT, join(ROOT, 'benchmark')],
  })
  await bench()
})

async function bench() {
  // Once what they import is installed.
  const { checkAgreement } = await import('./agreement.mjs')
  const { buildServer, startServer } = await import('./processes.mjs')
  const { addCheckout, recordSteps, startSides } = await import('./sides.mjs')
  const { footprint, storedBytes } = await import('./footprint.mjs')
  const { measure } = await import('./measure.mjs')

  if (values.before) addCheckout(resolve(values.before))
  const began = performance.now()
  const say = (line) => {
    const seconds = ((performance.now() - began) / 1e3).toFixed(0)
    console.error(`${seconds.padStart(4)} s  ${line}`)
  }
  const program = buildServer()
  const api = await startServer(program, 'api', '--users', USERS)
  if (values.stores) {
    const stores = await measureStores(`http://127.0.0.1:${api.port}`, say)
    await api.stop()
    return finish({ machine: machine(), stores }, 'stores')
  }
  const redis = await startRedis()
  const urls = (apiPort, redisPort) => ({
    apiUrl: `http://127.0.0.1:${apiPort}`,
    redisUrl: `redis://127.0.0.1:${redisPort}`,
  })
  const near = urls(api.port, redis.port)
  await checkAgreement(near.apiUrl)
  say('the API answers as the sandbox does')
  const steps = await recordSteps({ apiPort: api.port, redisPort: redis.port }, operations)
  say('what each operation sends is recorded')

  const results = {
    machine: machine(),
    steps,
    footprint: footprint(near.apiUrl, plan.processes),
    stored: await storedBytes(near.apiUrl),
  }
  say('loading and memory')
  const delays = await Promise.all(
    [api.port, redis.port].map((port) =>
      startServer(program, 'delay', '--to', port, '--ms', plan.delay),
    ),
  )
  const far = urls(...delays.map(({ port }) => port))
  const start = (servers) => startSides(program, servers, steps)
  Object.assign(results, await measure({ plan, operations, near, far, start, redis, say }))
  results.stores = await measureStores(near.apiUrl, say)
  for (const server of [...delays, api, redis]) await server.stop()
  say('done')
  await finish(results)
}

async function measureStores(apiUrl, say) {
  const { againstStores } = await import('./stores.mjs')
  return againstStores(apiUrl, { ...plan.stores, say: (line) => say(`stores: ${line}`) })
}

/** Prints the results, and keeps every round of them. `part` names those of one part alone. */
async function finish(results, part) {
  const { report } = await import('./report.mjs')
  report(results, { docs: values.docs, isPart: part !== undefined })
  const folder = join(ROOT, 'benchmark', 'results')
  mkdirSync(folder, { recursive: true })
  const name = [part, values.docs ? 'quoted' : 'latest'].filter(Boolean).join('-')
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(results)}\n`)
}

function machine() {
  const [{ model }, ...more] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return {
    system: `${process.platform} ${process.arch}`,
    processors: `${more.length + 1} × ${model}`,
    memory: `${memory} GiB`,
    node: process.version,
  }
}
