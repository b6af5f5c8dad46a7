import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startApi } from '../../../testing/adapter.mjs'
import { run, runWell } from '../../../testing/child.mjs'
import { redisFor } from '../../../testing/redis/servers.mjs'

/** What a process of a cluster does: says that it is there, and presents the codes it is told of. */
const MEMBER = `
  const { ChatBotKitPartnerAdapter, RedisStore } = require('./index.js')
  const store = new RedisStore({ url: process.env.REDIS })
  const options = JSON.parse(process.env.OPTIONS)
  const adapter = ChatBotKitPartnerAdapter({ ...options, store })
  const busy = async () => {
    for (let n = 0; ; n += 1) {
      const expires = new Date(Date.now() + 60000)
      await adapter.createVerificationToken({ identifier: process.pid + ':' + n, token: 'x', expires })
    }
  }
  process.on('message', async ({ presents, isBusy }) => {
    if (isBusy) for (let n = 0; n < 20; n += 1) busy().catch(() => {})
    if (!presents) return process.send('busy')
    const redeemed = await adapter.useVerificationToken(presents).catch(({ code }) => code)
    process.send({ redeemed })
  })
  process.send('ready')`

/** Starts four members, ends those that are to be killed while they are busy, and asks the rest. */
async function cluster({ source, env, kills }, answer) {
  const cluster = require('node:cluster')
  const { once } = require('node:events')
  const { ChatBotKitPartnerAdapter, RedisStore } = require('./index.js')
  cluster.setupPrimary({ exec: 'unused', execArgv: ['-e', source], args: [] })
  const store = new RedisStore({ url: env.REDIS })
  const adapter = ChatBotKitPartnerAdapter({ ...JSON.parse(env.OPTIONS), store })
  const members = Array.from({ length: 4 }, () => cluster.fork(env))
  await Promise.all(members.map((it) => once(it, 'message')))
  const signals = []
  for (const member of members.splice(0, kills)) {
    member.send({ isBusy: true })
    await once(member, 'message')
    member.process.kill('SIGKILL')
    signals.push((await once(member, 'exit'))[1])
  }
  const wins = []
  for (let n = 0; n < 20; n += 1) {
    const identifier = `${n}@example.com`
    const code = { identifier, token: 'x', expires: new Date(Date.now() + 60_000) }
    await adapter.createVerificationToken(code)
    const answers = members.map((it) => once(it, 'message'))
    for (const member of members) member.send({ presents: { identifier, token: 'x' } })
    const redeemed = await Promise.all(answers)
    wins.push(redeemed.filter(([{ redeemed }]) => redeemed?.identifier === identifier).length)
  }
  for (const member of members) member.disconnect()
  await store.close()
  await adapter.close()
  answer({ wins, signals })
}

describe('node:cluster', { concurrency: true }, () => {
  for (const kills of [0, 2]) {
    const what = kills ? 'of which two were killed in the midst of calls' : 'that shares one Redis'
    test(`a cluster of four processes ${what} redeems each code once`, async (t) => {
      const { options } = await startApi(t)
      const redis = await redisFor(t)
      const env = { REDIS: redis.url, OPTIONS: JSON.stringify(options) }
      const input = { source: MEMBER, env, kills }
      const { wins, signals } = await runWell(cluster, { input })
      assert.deepEqual(wins, Array(20).fill(1))
      assert.deepEqual(signals, Array(kills).fill('SIGKILL'))
    })
  }
})

describe('node:child_process', { concurrency: true }, () => {
  test('children that are started in the midst of calls inherit no connection', async (t) => {
    const { options } = await startApi(t)
    const { inherited, email } = await runWell(
      async (options, answer) => {
        const { execFile } = require('node:child_process')
        const { promisify } = require('node:util')
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
        let over = false
        const busy = async () => {
          while (!over) await adapter.getUserByEmail(`${Math.random()}@example.com`)
        }
        const all = Array.from({ length: 5 }, busy)
        await adapter.getUserByEmail('ada@example.com')
        const list = () => promisify(execFile)('ls', ['-l', '/proc/self/fd'])
        const children = await Promise.all(Array.from({ length: 10 }, list))
        over = true
        await Promise.all(all)
        answer({
          // Node itself gives its children a pair of sockets for stdin, stdout and stderr.
          inherited: children.flatMap(({ stdout }) =>
            stdout.split('\n').filter((line) => /(\d+) -> socket/.exec(line)?.[1] > 2),
          ),
          email: (await adapter.getUserByEmail('ada@example.com')).email,
        })
      },
      { input: options },
    )
    assert.deepEqual(inherited, [])
    assert.equal(email, 'ada@example.com')
  })

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    test(`${signal} ends a process at once that has calls under way`, async (t) => {
      const { sandbox, options } = await startApi(t)
      sandbox.inject({ type: 'hang' })
      const began = performance.now()
      const child = await run(
        async ({ options, signal }) => {
          const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
          const stores = [
            new MemoryStore(),
            { get: () => new Promise(() => {}), set() {}, del() {} },
          ]
          for (const store of stores) {
            const adapter = ChatBotKitPartnerAdapter({ ...options, store })
            for (let n = 0; n < 20; n += 1) adapter.getUser(`c${n}`)
            adapter.getSessionAndUser('x')
          }
          setTimeout(() => process.kill(process.pid, signal), 100)
        },
        { input: { options, signal } },
      )
      assert.deepEqual([child.signal, child.stderr], [signal, ''])
      assert.ok(performance.now() - began < 5_000)
    })
  }

  test('a server that closes on SIGTERM ends by itself after its last call', async (t) => {
    const { sandbox, options } = await startApi(t)
    const redis = await redisFor(t)
    sandbox.inject({ type: 'slow-headers', delay: 300 })
    const outcomes = await runWell(
      async ({ options, url }, answer) => {
        const { ChatBotKitPartnerAdapter, RedisStore } = require('./index.js')
        const store = new RedisStore({ url })
        const adapter = ChatBotKitPartnerAdapter({ ...options, store })
        const calls = Array.from({ length: 10 }, (_, n) =>
          adapter.getUserByEmail(`${n}@example.com`).catch(({ code }) => code),
        )
        process.once('SIGTERM', async () => {
          await adapter.close()
          await store.close()
          answer(await Promise.all(calls))
        })
        await store.ping()
        process.kill(process.pid, 'SIGTERM')
      },
      { input: { options, url: redis.url } },
    )
    assert.deepEqual(outcomes, Array(10).fill(null))
  })

  test('an uncaught exception in the midst of calls ends the process as it always does', async (t) => {
    const { sandbox, options } = await startApi(t)
    sandbox.inject({ type: 'hang' })
    const child = await run(
      (options) => {
        const { ChatBotKitPartnerAdapter, MemoryStore } = require('./index.js')
        const adapter = ChatBotKitPartnerAdapter({ ...options, store: new MemoryStore() })
        for (let n = 0; n < 20; n += 1) adapter.getUser(`c${n}`)
        setTimeout(() => {
          throw new Error('a fault of the application')
        }, 50)
      },
      { input: options },
    )
    assert.deepEqual([child.code, child.signal], [1, null])
    assert.match(child.stderr, /a fault of the application/)
  })
})
