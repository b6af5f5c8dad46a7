import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, test } from 'node:test'
import { createCertificates } from '../../testing/certificates.mjs'
import { startCluster, startRedis, startSentinels } from '../../testing/redis/servers.mjs'

/** How long a process that has nothing left to do may take to end, in milliseconds. */
const PATIENCE = 5_000

const PACKAGE = new URL('../../index.js', import.meta.url).href

const PROGRAM = `
import { ChatBotKitPartnerAdapter, RedisStore } from ${JSON.stringify(PACKAGE)}
const store = new RedisStore(JSON.parse(process.env.OPTIONS))
const adapter = ChatBotKitPartnerAdapter({ store, secret: 'unused' })
const sessionToken = 'token'
await adapter.createSession({ sessionToken, userId: 'cuser', expires: new Date(Date.now() + 60_000) })
await adapter.deleteSession(sessionToken)
console.log('used')
`

const certificates = await createCertificates()
const [plain, secure, cluster, watched] = await Promise.all([
  startRedis(),
  startRedis({ tls: certificates }),
  startCluster({ replicas: 0 }),
  startSentinels({ replicas: 1 }),
])
after(() => Promise.all([plain, secure, cluster, watched].map((it) => it.stop())))

for (const [name, options] of [
  ['one server', { url: plain.url }],
  ['one server over TLS', { url: secure.url, tls: { ca: certificates.ca.pem } }],
  ['a cluster', { nodes: cluster.nodes }],
  ['sentinels', { sentinels: watched.sentinels, service: watched.service }],
]) {
  test(`a process ends by itself though its RedisStore for ${name} was not closed`, async () => {
    const env = { ...process.env, OPTIONS: JSON.stringify(options) }
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let used
    child.stdout.once('data', () => {
      used = performance.now()
      setTimeout(() => child.kill('SIGKILL'), PATIENCE).unref()
    })
    const [code, signal] = await new Promise((resolve) => {
      child.once('exit', (...how) => resolve(how))
    })
    assert.ok(used, 'the store could not be used')
    assert.deepEqual([code, signal], [0, null])
  })
}
