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

/** A server that takes its time, and counts the connections that it has at once. */
async function startSlow(t, answer) {
  let open = 0
  let most = 0
  const server = createServer((request, response) => {
    setTimeout(() => response.end(JSON.stringify(answer(request))), 20)
  })
  server.on('connection', (socket) => {
    most = Math.max(most, ++open)
    socket.on('close', () => open--)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${server.address().port}`, most: () => most }
}

/** Makes the calls in a process of its own, which opens a file again and again meanwhile. */
async function run(setUp) {
  const script = `
    const { openSync, closeSync } = require('node:fs')
    const { ChatBotKitPartnerAdapter, KVStore, MemoryStore } = require('./index.js')
    let files = 0
    const refused = new Set()
    const timer = setInterval(() => {
      try { closeSync(openSync('package.json')); files += 1 } catch ({ code }) { refused.add(code) }
    }, 5)
    ${setUp}
    Promise.allSettled(Array.from({ length: ${CALLS} }, (_, n) => call(n))).then((all) => {
      clearInterval(timer)
      const failed = new Set(all.filter((it) => it.reason).map(({ reason }) => reason.message))
      console.log(JSON.stringify({ files, refused: [...refused], failed: [...failed] }))
    })`
  const args = ['-c', `ulimit -n ${FILES} && exec "$0" -e "$1"`, process.execPath, script]
  const { stdout } = await promisify(execFile)('sh', args, { cwd: ROOT, timeout: 60_000 })
  return JSON.parse(stdout)
}

function assertCalm({ files, refused, failed }, server) {
  assert.deepEqual({ refused, failed }, { refused: [], failed: [] })
  assert.ok(files > 0)
  // The server of a busy machine sees one end later than the next one begin.
  assert.ok(server.most() <= CONNECTIONS + 8, `${server.most()} connections`)
}

const skip = process.platform === 'win32' && 'there is no ulimit'

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
    assertCalm(came, server)
  })

  test('of a database over HTTP', async (t) => {
    const server = await startSlow(t, () => ({ result: null }))
    const came = await run(`
      const store = new KVStore({ url: '${server.url}', token: 'x', timeout: 8000 })
      const call = (n) => store.get('key' + n)`)
    assertCalm(came, server)
  })
})
