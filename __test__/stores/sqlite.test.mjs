import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { SqliteStore } from '../../index.js'
import { run, runWell } from '../../testing/child.mjs'
import { failure, outcomes } from '../../testing/outcomes.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'
import { newDatabase, query } from '../../testing/sqlite/database.mjs'
import { assertEveryCallFails } from '../conformance/store-calls.mjs'
import { checkKilled } from './killed.mjs'
import { checkRedemptions } from './redemptions.mjs'

const onLinux = { skip: process.platform !== 'linux' && 'Linux only' }

/** A store that ends with the test, whose calls may take a moment. */
function storeFor(t, path, options) {
  const store = new SqliteStore({ path, ...options })
  t.after(() => store.close())
  return store
}

describe('an SqliteStore without a path', { concurrency: true }, () => {
  for (const path of [undefined, null, '']) {
    test(`is made without complaint and refuses the first call (path: ${path})`, async (t) => {
      const store = storeFor(t, path)
      for (const error of await assertEveryCallFails(store, 'ERR_INVALID_OPTION')) {
        assert.equal(error.retryable, false)
        assert.match(error.message, /no path/)
      }
      await assert.rejects(store.ping(), failure('ERR_INVALID_OPTION'))
    })
  }

  test('or with options that it does not know is refused when it is made', () => {
    for (const options of [{ path: 1 }, { file: 'x' }, { path: 'x', timeout: 0 }, null]) {
      assert.throws(() => new SqliteStore(options), failure('ERR_INVALID_OPTION'))
    }
  })
})

describe('the file of an SqliteStore', { concurrency: true }, () => {
  test('is where it was named from, whatever folder the process goes to', async () => {
    const file = newDatabase()
    const answer = await runWell(
      async ({ path, elsewhere }, answer) => {
        const { SqliteStore } = require('./index.js')
        const store = new SqliteStore({ path })
        process.chdir(elsewhere)
        await store.set('key', 1)
        answer(await store.get('key'))
        await store.close()
      },
      { input: { path: relative(process.cwd(), file), elsewhere: dirname(file) } },
    )
    assert.equal(answer, 1)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.ok(!existsSync(`${file}-wal`), 'the log is in the file')
  })

  test('is named by every error of a call', async (t) => {
    const folder = temporaryFolder('sqlite')
    const text = join(folder, 'text')
    writeFileSync(text, 'no database'.repeat(100))
    for (const [path, code, words] of [
      [folder, 'ERR_INVALID_OPTION', 'is a folder'],
      [join(folder, 'nowhere', 'auth.db'), 'ERR_INVALID_OPTION', 'does not exist'],
      [join(text, 'auth.db'), 'ERR_INVALID_OPTION', 'does not exist'],
      [text, 'ERR_STORE', 'is damaged'],
    ]) {
      const errors = await assertEveryCallFails(storeFor(t, path), code)
      for (const { message, retryable } of errors) {
        assert.ok(message.includes(`at ${path} `) && message.includes(words), message)
        assert.equal(retryable, false)
      }
    }
    assert.equal(readFileSync(text, 'utf8'), 'no database'.repeat(100))
  })

  test('of a newer version is refused, and left as it is', async (t) => {
    const file = newDatabase()
    const store = new SqliteStore({ path: file })
    await store.set('key', 1)
    await store.close()
    await query(file, 'PRAGMA user_version = 2')
    const newer = storeFor(t, file)
    await assert.rejects(
      newer.get('key'),
      failure('ERR_INVALID_OPTION', { message: /version 2 of the schema/ }),
    )
    await query(file, 'PRAGMA user_version = 1')
    assert.equal(await newer.get('key'), 1)
  })

  test('that may only be read is an error, and so is a folder', onLinux, async () => {
    const file = newDatabase()
    const store = new SqliteStore({ path: file })
    await store.set('key', 1)
    await store.close()
    const folder = join(dirname(file), 'closed')
    mkdirSync(folder, { mode: 0o555 })
    for (let it = dirname(file); it !== '/'; it = dirname(it)) {
      // Somebody else has to be able to get there.
      if (it.includes('test')) chmodSync(it, 0o755)
    }
    chmodSync(file, 0o444)
    const { code, stderr, answer } = await run(
      async (paths, answer) => {
        // The package is loaded as whoever may read it; the files are opened as nobody.
        const { SqliteStore } = require('./index.js')
        const { NativeStore } = require('./lib/native/binary.js')
        NativeStore.memory()
        if (process.getuid() === 0) process.setuid(65_534)
        const told = []
        for (const path of paths) {
          const error = await new SqliteStore({ path }).set('key', 2).catch((error) => error)
          told.push([error.code, error.retryable, error.message])
        }
        answer(told)
      },
      { input: [file, join(folder, 'auth.db')] },
    )
    assert.deepEqual([code, stderr], [0, ''])
    const [ofFile, ofFolder] = answer
    assert.deepEqual(ofFile.slice(0, 2), ['ERR_STORE', false], ofFile[2])
    assert.match(ofFile[2], /auth\.db cannot be written/)
    assert.deepEqual(ofFolder.slice(0, 2), ['ERR_STORE', false], ofFolder[2])
    assert.match(ofFolder[2], /auth\.db cannot be made/)
  })

  test('on a disk that is full loses nothing, and takes writes again', onLinux, async (t) => {
    // A disk of 400 kB that only this process sees.
    const script = `
      const { SqliteStore } = require('./index.js')
      const { rmSync, writeFileSync } = require('node:fs')
      const main = async () => {
        const store = new SqliteStore({ path: process.argv[1] + '/auth.db' })
        let number = 0
        let error
        while (!error && number < 1000) {
          error = await store.set('key ' + number, 'x'.repeat(2000)).catch((error) => error)
          if (!error) number += 1
        }
        let found = 0
        for (let n = 0; n < number; n += 1) found += Boolean(await store.get('key ' + n))
        rmSync(process.argv[1] + '/ballast')
        await store.set('later', 1)
        const later = await store.get('later')
        const { code, retryable, message } = error ?? {}
        console.log(JSON.stringify({ number, found, later, code, retryable, message }))
      }
      main()`
    const folder = temporaryFolder('full')
    const mount = `mount -t tmpfs -o size=600k none "$1" && head -c 200000 /dev/zero > "$1/ballast" && exec "$2" -e "$3" "$1"`
    const args = ['-m', 'sh', '-c', mount, 'sh', folder, process.execPath, script]
    const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' })
    if (status !== 0 && /unshare|mount/.test(stderr)) return t.skip('no file system can be mounted')
    assert.deepEqual([status, stderr], [0, ''])
    const { number, found, later, code, retryable, message } = JSON.parse(stdout)
    assert.ok(number > 10, `${number} writes`)
    assert.deepEqual([found, later, code, retryable], [number, 1, 'ERR_STORE', true])
    assert.match(message, /auth\.db could not be written: there is no room left/)
  })
})

describe('a process with an SqliteStore', { concurrency: true }, () => {
  test(
    'has no thread and no file before the first call, and one thread from then on',
    onLinux,
    async () => {
      const path = newDatabase()
      const answer = await runWell(
        async ({ path }, answer) => {
          const { existsSync, readdirSync, readFileSync } = require('node:fs')
          const { SqliteStore } = require('./index.js')
          const threads = () =>
            readdirSync('/proc/self/task')
              .map((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim())
              .filter((name) => name.startsWith('chatbotkit'))
          const stores = Array.from({ length: 100 }, () => new SqliteStore({ path }))
          const before = [threads(), existsSync(path)]
          await Promise.all(Array.from({ length: 100 }, (_, n) => stores[0].set(`key ${n}`, n)))
          const used = threads()
          await Promise.all(stores.map((store) => store.close()))
          // It has closed the file, and has yet to go.
          const deadline = Date.now() + 5_000
          while (threads().length > 1 && Date.now() < deadline) await new Promise(setImmediate)
          answer({ before, used, closed: threads() })
        },
        { input: { path } },
      )
      assert.deepEqual(answer, {
        before: [[], false],
        used: ['chatbotkit-auth', 'chatbotkit-file'],
        closed: ['chatbotkit-auth'],
      })
    },
  )

  test('ends by itself though it was not closed', async () => {
    const path = newDatabase()
    const answer = await runWell(
      async ({ path }, answer) => {
        const { SqliteStore } = require('./index.js')
        globalThis.store = new SqliteStore({ path })
        await globalThis.store.set('key', 1, { px: 60_000 })
        answer('used')
      },
      { input: { path }, within: 5_000 },
    )
    assert.equal(answer, 'used')
    const store = new SqliteStore({ path })
    assert.equal(await store.get('key'), 1)
    await store.close()
  })
})

describe('an SqliteStore that is closed', { concurrency: true }, () => {
  test('refuses every call, before and after it was used', async (t) => {
    for (const isUsed of [false, true]) {
      const store = storeFor(t, newDatabase())
      if (isUsed) await store.ping()
      await Promise.all([store.close(), store.close()])
      await assertEveryCallFails(store, 'ERR_CLOSED')
      const calls = [store.get('key'), store.set('key', 1), store.del('key'), store.ping()]
      assert.deepEqual(await outcomes(calls), Array(4).fill('ERR_CLOSED'))
    }
  })

  test('in the midst of calls waits for all of them', async (t) => {
    const file = newDatabase()
    const store = storeFor(t, file)
    const calls = Array.from({ length: 100 }, (_, n) => store.set(`key ${n}`, n))
    await store.close()
    assert.deepEqual(await outcomes(calls), Array(100).fill(undefined))
    assert.deepEqual(await query(file, 'SELECT count(*) FROM entries'), [[100]])
    assert.ok(!existsSync(`${file}-wal`), 'the log is in the file')
  })
})

test('a code presented a hundred times at once through two processes has one winner (SQLite)', async (t) => {
  const path = newDatabase()
  await checkRedemptions(t, 'SqliteStore', { path }, storeFor(t, path))
})

test('a process that is killed in the midst of writes loses nothing that was answered (SQLite)', async (t) => {
  const path = newDatabase()
  await checkKilled(t, 'SqliteStore', { path }, storeFor(t, path))
})
