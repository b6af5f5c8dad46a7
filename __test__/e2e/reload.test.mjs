import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from '../../testing/listening.mjs'
import { redisFor } from '../../testing/redis/servers.mjs'
import { until } from '../../testing/waiting.mjs'
import { copyExample } from './application.mjs'
import { launchBrowser } from './browser.mjs'
import { newAddress, startWorld } from './world.mjs'

const RELOADS = 100

/** What comes before the count: compilers and caches fill up at first. */
const WARM_UP = 20

/** What one more evaluation of the configuration may add to Next's own growth under next dev, in MB. */
const GROWTH_LIMIT = 3

/** When unused connections to the API are closed at the latest, in milliseconds: after 90 seconds. */
const IDLE_LIMIT = 100_000

/** Passes connections on to `port`, and counts those that are open. */
async function startPassage(port) {
  let opened = 0
  const server = createServer((socket) => {
    opened += 1
    const other = connect(port, '127.0.0.1')
    socket.pipe(other).pipe(socket)
    other.on('error', () => {})
    other.on('close', () => socket.destroy())
    socket.on('close', () => other.destroy())
  })
  const { port: own, sockets, close } = await listen(server)
  return {
    url: `http://127.0.0.1:${own}`,
    open: sockets,
    close,
    get opened() {
      return opened
    },
  }
}

/** Memory of a process and all that it started, in MB. */
function memoryOf(group) {
  const lines = execFileSync('ps', ['-e', '-o', 'pgid=,rss='], { encoding: 'utf8' }).split('\n')
  const own = lines.map((line) => line.trim().split(/\s+/)).filter(([id]) => id === String(group))
  return own.reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1024
}

/** Changes the configuration so that Next.js evaluates it again; asks a page until it was. */
async function reload(folder, person, number) {
  const file = join(folder, 'auth.ts')
  const text = readFileSync(file, 'utf8').replace(/\nObject\.assign\(globalThis.*\n$/, '')
  writeFileSync(file, `${text}\nObject.assign(globalThis, { reloads: ${number} })\n`)
  await until(`reload ${number}`, async () => {
    const answer = await person.page.request.get(`${person.world.origin}/reloads`)
    return (await answer.text()) === String(number)
  })
}

/** A page that Next.js is just rendering again for a change may break a navigation off. */
function openDashboard(person) {
  return until('the dashboard', async () => {
    await person.open('/dashboard')
    return true
  })
}

/**
 * React's words about a component of Next's own, seen while a page was open during a hundred changes.
 */
const NEXT_ROUTER =
  /^Can't perform a React state update on a component that hasn't mounted yet\..*\/_next\/static\/chunks\/node_modules_next_dist_[\w.]+\.js\)$/

const PROBE = `import { auth } from '@/auth'

export async function GET() {
  await auth()
  return new Response(String((globalThis as { reloads?: number }).reloads))
}
`

describe('a configuration that is evaluated again and again', () => {
  it('keeps sessions in MemoryStore.shared(), for route handlers and pages alike', async (t) => {
    const { folder, person } = await start(t)
    const id = await person.signIn(newAddress())

    for (let number = 1; number <= 5; number += 1) {
      await reload(folder, person, number)
      await openDashboard(person)
      assert.equal(await person.accountId(), id)
    }
  })

  it(`leaks neither memory nor connections in ${RELOADS} reloads`, async (t) => {
    const redis = await redisFor(t)
    const { folder, person, world, passage } = await start(t, { REDIS_URL: redis.url })
    const id = await person.signIn(newAddress())
    // The dashboard is open all the while: Next.js renders it again after each change.
    const clients = async () => Number((await redis.info('clients')).connected_clients)

    for (let number = 1; number <= WARM_UP; number += 1) await reload(folder, person, number)
    const before = { clients: await clients(), memory: memoryOf(world.server.pid) }
    for (let number = WARM_UP + 1; number <= WARM_UP + RELOADS; number += 1) {
      await reload(folder, person, number)
    }
    const after = { clients: await clients(), memory: memoryOf(world.server.pid) }

    t.diagnostic(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`)
    await openDashboard(person)
    assert.equal(await person.accountId(), id)
    assert.equal(after.clients, before.clients, 'connections to Redis')
    assert.ok(after.memory - before.memory < GROWTH_LIMIT * RELOADS, 'memory')

    // The dashboard asks the API, each time through the adapter of another copy, which has a connection
    // of its own. Changes that come fast are rendered together.
    assert.ok(passage.opened > 2, `${passage.opened} connections to the API were opened`)
    await person.page.goto('about:blank')
    const deadline = Date.now() + IDLE_LIMIT
    while (passage.open.size > 0 && Date.now() < deadline) await sleep(500)
    assert.equal(passage.open.size, 0, 'connections to the API')
  })
})

async function start(t, env) {
  const folder = copyExample('nextjs-authjs')
  mkdirSync(join(folder, 'app', 'reloads'))
  writeFileSync(join(folder, 'app', 'reloads', 'route.ts'), PROBE)
  const browser = await launchBrowser()
  let passage
  const world = await startWorld({
    folder,
    mode: 'dev',
    settings: async ({ url }) => {
      passage = await startPassage(new URL(url).port)
      return { ...env, CHATBOTKIT_BASE_URL: passage.url }
    },
  })
  // One hook, which ends everything even if the person had complaints: one that throws ends them all.
  const hooks = []
  const person = await browser.person({ after: (hook) => hooks.push(hook) }, world, {
    excused: [NEXT_ROUTER],
  })
  t.after(async () => {
    try {
      for (const hook of hooks) await hook()
    } finally {
      await browser.close()
      await world.close()
      passage.close()
    }
  })
  return { folder, person, world, passage }
}
