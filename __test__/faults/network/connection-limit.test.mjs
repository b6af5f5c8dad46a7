/**
 * Many calls at once in a process that may open few files: they wait for connections, and the rest of
 * the process goes on opening files.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** How many files the process may have open, and how many calls it makes at once. */
const FILES = 500
const CALLS = 2_000

/** How many connections there may be to one host. */
const CONNECTIONS = 128

/** A server that takes its time. */
async function startSlow(t, answer) {
  const server = createServer((request, response) => {
    setTimeout(() => response.end(JSON.stringify(answer(request))), 20)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${server.address().port}` }
}

/** Makes the calls in a process of its own, which opens a file again and again meanwhile. */
async function run(setUp) {
  const script = `
    const { openSync, closeSync, readdirSync, readlinkSync } = require('node:fs')
    const { ChatBotKitPartnerAdapter, KVStore, MemoryStore } = require('./index.js')
    let files = 0
    // As the process has them: a server of a busy machine hears of an end after the next beginning.
    const isSocket = (fd) => {
      try { return readlinkSync('/proc/self/fd/' + fd).startsWith('socket:') } catch { return false }
    }
    const sockets = () => readdirSync('/proc/self/fd').filter(isSocket).length
    const others = sockets()
    let most = 0
    const refused = new Set()
    const timer = setInterval(() => {
      try {
        closeSync(openSync('package.json'))
        most = Math.max(most, sockets() - others)
        files += 1
      } catch ({ code }) { refused.add(code) }
    }, 5)
    ${setUp}
    Promise.allSettled(Array.from({ length: ${CALLS} }, (_, n) => call(n))).then((all) => {
      clearInterval(timer)
      const failed = new Set(all.filter((it) => it.reason).map(({ reason }) => reason.message))
      console.log(JSON.stringify({ files, most, refused: [...refused], failed: [...failed] }))
    })`
  const args = ['-c', `ulimit -n ${FILES} && exec "$0" -e "$1"`, process.execPath, script]
  const { stdout } = await promisify(execFile)('sh', args, { cwd: ROOT, timeout: 60_000 })
  return JSON.parse(stdout)
}

function assertCalm({ files, most, refused, failed }) {
  assert.deepEqual({ refused, failed }, { refused: [], failed: [] })
  assert.ok(files > 0)
  assert.ok(most > 1 && most <= CONNECTIONS, `${most} connections`)
}

const skip = process.platform !== 'linux' && 'only Linux has /proc'

describe(`${CALLS} calls at once in a process that may open ${FILES} files`, { skip }, () => {
  test('of the API', async (t) => {
    const server = await startSlow(t, ({ url }) => {
      const [, id] = /user\/(\w+)\/fetch/.exec(url)
      return { id, email: `${id}@example.com`, createdAt: 1, updatedAt: 1 }
    })
    const came = await run(`
      const api = { secret: 'x', baseUrl: '${server.url}', apiRoutes: 'partner', timeout: 30000 }
      const adapter = ChatBotKitPartnerAdapter({ ...api, store: new MemoryStore() })
      const call = (n) => adapter.getUser('c' + n)`)
    assertCalm(came)
  })

  test('of a database over HTTP', async (t) => {
    const server = await startSlow(t, () => ({ result: null }))
    const came = await run(`
      const store = new KVStore({ url: '${server.url}', token: 'x', timeout: 8000 })
      const call = (n) => store.get('key' + n)`)
    assertCalm(came)
  })
})
