import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { startSandbox } from '../../testing/adapter.mjs'
import { ADA } from '../../testing/people.mjs'
import { all } from '../../testing/records.mjs'
import { newDatabase } from '../../testing/sqlite/database.mjs'
import { until } from '../../testing/waiting.mjs'
import { restrictToCopying } from '../conformance/rights.mjs'
import {
  argumentsOf,
  assertSignedIn,
  copy,
  counts,
  environmentOf,
  opened,
  signIn,
  startCopy,
  startPlaces,
} from './copies.mjs'

const KINDS = ['redis', 'cluster', 'sqlite', 'postgres', 'kv']
const PREFIX = 'chatbotkit:nextauth:'

/** Enough for a copy to be stopped in the midst of it. */
const MANY = 20_000

const places = await startPlaces(after)

/** A database of SQLite with many values, of which each tells its number. */
async function withMany(t) {
  const place = places.sqlite()
  const store = opened(t, place)
  for (let begin = 0; begin < MANY; begin += 1_000) {
    await all(1_000, (n) => store.set(`${PREFIX}n:${begin + n}`, begin + n, { px: 3_600_000 }))
  }
  return place
}

describe('copy-store', () => {
  for (const from of KINDS) {
    test(`from ${from}: people are still signed in, wherever it is copied to`, async (t) => {
      const sandbox = await startSandbox(t, { users: [ADA] })
      const source = places[from]()
      const store = opened(t, source)
      const records = await signIn(sandbox, store)
      await store.set('of somebody else', 1)
      await store.set(`${PREFIX}big`, 'x'.repeat(1_000_000))
      for (const to of KINDS) {
        const target = places[to]()
        const env = environmentOf(source, target)
        const done = await copy(argumentsOf(source, target, '--write'), env)
        assert.deepEqual([done.status, done.stderr], [0, ''], `${from} to ${to}: ${done.stdout}`)
        const { read, copied, ...others } = counts(done.stdout)
        assert.ok(copied > 6 && copied + others.ended === read, done.stdout)
        assert.deepEqual({ ...others, ended: 0 }, { same: 0, kept: 0, ended: 0, failed: 0 })
        const copies = opened(t, target)
        assert.equal((await copies.get(`${PREFIX}big`)).length, 1_000_000)
        assert.equal(await copies.get('of somebody else'), null)
        await assertSignedIn(sandbox, copies, records)
      }
    })
  }

  test('keeps what remains of each lifetime', async (t) => {
    const source = places.postgres()
    const store = opened(t, source)
    await store.set(`${PREFIX}hour`, 1, { px: 3_600_000 })
    await store.set(`${PREFIX}ever`, 1)
    await store.set(`${PREFIX}past`, 1, { px: 1 })
    const target = places.redis()
    const done = await copy(argumentsOf(source, target, '--write'))
    assert.match(done.stdout, /^\d keys read: 2 copied/)
    const [, prefix] = target.options
    const ttl = (name) => places.servers.redis.cli('PTTL', `${prefix}${PREFIX}${name}`)
    const hour = Number(await ttl('hour'))
    assert.ok(hour <= 3_600_000 && hour > 3_500_000, `${hour} ms`)
    assert.equal((await ttl('ever')).trim(), '-1')
    assert.equal((await ttl('past')).trim(), '-2')
  })

  test('writes nothing unless it is told to, and makes no file', async (t) => {
    const source = places.redis()
    await opened(t, source).set(`${PREFIX}one`, 1)
    const target = places.sqlite()
    const dry = await copy(argumentsOf(source, target))
    assert.equal(dry.status, 0)
    assert.match(dry.stdout, /^1 keys read: 1 to be copied with --write, 0 there already/)
    assert.equal(existsSync(target.address), false)
    const other = places.kv()
    const env = environmentOf(other)
    assert.match((await copy(argumentsOf(source, other), env)).stdout, /1 to be copied/)
    assert.equal(await opened(t, other).get(`${PREFIX}one`), null)
  })

  test('keeps what is something else in TO, unless it is told to replace it', async (t) => {
    const [source, target] = [places.sqlite(), places.postgres()]
    const [from, to] = [opened(t, source), opened(t, target)]
    await from.set(`${PREFIX}one`, 'old')
    await to.set(`${PREFIX}one`, 'new')
    const kept = await copy(argumentsOf(source, target, '--write'))
    assert.match(kept.stdout, /^1 keys read: 0 copied, 0 there already, 1 other in TO and kept/)
    assert.equal(await to.get(`${PREFIX}one`), 'new')
    const replaced = await copy(argumentsOf(source, target, '--write', '--overwrite'))
    assert.match(replaced.stdout, /^1 keys read: 1 copied/)
    assert.equal(await to.get(`${PREFIX}one`), 'old')
  })

  for (const [signal, how] of [
    ['SIGKILL', 'killed'],
    ['SIGINT', 'interrupted'],
  ]) {
    test(`goes on where it was ${how}`, async (t) => {
      const [source, target] = [await withMany(t), places.redis()]
      const args = argumentsOf(source, target, '--write')
      const store = opened(t, target)
      const { child, ended } = startCopy(args)
      await until('the first copies', () => store.get(`${PREFIX}n:1`))
      child.kill(signal)
      const stopped = await ended
      if (signal === 'SIGKILL') assert.equal(stopped.signal, signal)
      else {
        assert.equal(stopped.status, 1)
        assert.match(stopped.stderr, /stopped\n\d+ keys were read and \d+ copied before that/)
      }
      const done = await copy(args)
      assert.deepEqual([done.status, done.stderr], [0, ''])
      const { copied, same, ...others } = counts(done.stdout)
      assert.ok(copied > 0 && same > 0, done.stdout)
      assert.deepEqual([copied + same, others.kept, others.failed], [MANY, 0, 0])
      const numbers = await all(MANY, (n) => store.get(`${PREFIX}n:${n}`))
      assert.ok(numbers.every((number, n) => number === n))
    })
  }

  test('needs no more rights in Redis than are documented', async () => {
    const { redis } = places.servers
    await redis.cli('SET', `${PREFIX}one`, '1')
    await restrictToCopying(redis, 'sesame')
    const source = { address: redis.url.replace('//', '//app:sesame@'), options: [] }
    const done = await copy(argumentsOf(source, places.sqlite(), '--write'))
    assert.deepEqual([done.status, done.stderr], [0, ''])
  })

  test('says where it stopped when a store is not there any more', async (t) => {
    const source = places.sqlite()
    await opened(t, source).set(`${PREFIX}one`, 1)
    const nobody = { address: 'redis://127.0.0.1:1', options: [] }
    const { status, stderr } = await copy(argumentsOf(source, nobody, '--write'))
    assert.equal(status, 1)
    assert.match(
      stderr,
      /127\.0\.0\.1:1 .*\n0 keys were read and 0 copied before that\. Run it again/,
    )
  })

  test('copies the rest where a key is of another kind, and fails', async (t) => {
    const [source, target] = [places.redis(), places.sqlite()]
    await opened(t, source).set(`${PREFIX}one`, 1)
    const [, prefix] = source.options
    await places.servers.redis.cli('HSET', `${prefix}${PREFIX}hash`, 'a', 'b')
    const { status, stdout, stderr } = await copy(argumentsOf(source, target, '--write'))
    assert.equal(status, 1)
    assert.match(stdout, /^2 keys read: 1 copied, .* 1 failed\n$/)
    assert.match(stderr, /1 keys failed, the first: the redis store .*WRONGTYPE/)
    assert.equal(await opened(t, target).get(`${PREFIX}one`), 1)
  })

  test('takes addresses from variables, and TO from the environment', async (t) => {
    const [source, target] = [places.kv(), places.sqlite()]
    await opened(t, source).set(`${PREFIX}one`, 1)
    const env = {
      OLD_URL: source.address,
      OLD_TOKEN: source.env.KV_REST_API_TOKEN,
      DATABASE_URL: `file:${target.address}`,
    }
    const [option, prefix] = ['--from-key-prefix', source.options[1]]
    const done = await copy(['env:OLD_URL', option, prefix, '--write'], env)
    assert.deepEqual([done.status, done.stderr], [0, ''])
    assert.equal(await opened(t, target).get(`${PREFIX}one`), 1)
  })

  test('copies of an adapter with a keyPrefix of its own, which stays', async (t) => {
    const [source, target] = [places.cluster(), places.sqlite()]
    const store = opened(t, source)
    await store.set('mine:one', 1)
    await store.set(`${PREFIX}one`, 2)
    const done = await copy(argumentsOf(source, target, '--write', '--prefix', 'mine:'))
    assert.match(done.stdout, /^1 keys read: 1 copied/)
    assert.equal(await opened(t, target).get('mine:one'), 1)
  })

  test('refuses what names no store, and shows no secret', async () => {
    const file = newDatabase()
    const wrong = [
      [[], 2, /needs to know FROM/],
      [['mysql://app:sesame@localhost/app', file], 2, /FROM begins with mysql:\/\//],
      [['env:NOWHERE', file], 2, /the variable NOWHERE is not set/],
      [['https://kv.example', file], 2, /no token: set KV_REST_API_TOKEN or UPSTASH/],
      [[file, 'redis://localhost'], 1, /FROM: there is no file/],
      [['redis://localhost', '--to-table', 'x'], 2, /--to-table is about TO/],
      [['redis://localhost', file, '--from-table', 'x'], 1, /no option "table"/],
      [['postgres://app:sesame@localhost/app'], 1, /found no store in the environment/],
      [['redis://localhost', file, 'more'], 2, /Unexpected argument: more/],
    ]
    for (const [args, expected, words] of wrong) {
      const { status, stderr } = await copy(args)
      assert.equal(status, expected, `${args}: ${stderr}`)
      assert.match(stderr, words)
      assert.doesNotMatch(stderr, /sesame/)
    }
  })

  test('fails where there is nothing to copy', async (t) => {
    const source = places.sqlite()
    await opened(t, source).set('other:one', 1)
    const { status, stderr } = await copy(argumentsOf(source, places.sqlite()))
    assert.equal(status, 1)
    assert.match(stderr, /FROM has no keys that begin with chatbotkit:nextauth:/)
  })
})
