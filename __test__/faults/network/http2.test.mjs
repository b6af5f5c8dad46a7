import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:http2'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { KVStore } from '../../../index.js'
import { createCertificates } from '../../../testing/certificates.mjs'
import { failure } from '../../../testing/outcomes.mjs'
import { ADA, EVE } from '../../../testing/people.mjs'
import { temporaryFolder } from '../../../testing/processes.mjs'
import { newSession } from '../../../testing/records.mjs'
import { redisFor, startRestFront } from '../../../testing/redis/servers.mjs'
import { until } from '../../../testing/waiting.mjs'
import { start } from '../api/subject.mjs'
import { CALLS } from './calls.mjs'
import { passOn, startHttp2Front, startTcp } from './servers.mjs'

const certificates = await createCertificates()

// Adapters read it when they call for the first time.
const trusted = join(temporaryFolder('trusted'), 'trusted.pem')
writeFileSync(trusted, certificates.ca.pem)
process.env.NODE_EXTRA_CA_CERTS = trusted

/** How many connections an adapter has at most over HTTP/2. */
const CONNECTIONS = 16

/** What the adapter looks up when it matters that there is somebody, and not who. */
const strangers = (count) => Array.from({ length: count }, (_, n) => `${n}@example.com`)

/** An adapter whose API is behind `startHttp2Front`. */
async function startFront(t, options = {}, frontOptions = {}) {
  const { sandbox, ada } = await start(t)
  const target = Number(new URL(sandbox.url).port)
  const front = await startHttp2Front(t, { target, ...certificates.server.tls, ...frontOptions })
  const baseUrl = `https://localhost:${front.port}`
  const tries = { retries: 1, retryDelay: 0, timeout: 5_000 }
  const { adapter } = await start(t, { ...tries, baseUrl, secret: sandbox.secret, ...options })
  return { adapter, sandbox, front, ada }
}

/** Meets the first request with `fault`, and passes the others on. */
function once(fault) {
  let isFirst = true
  return (ask, reply, stream) => {
    if (!isFirst) return passOn(ask, reply)
    isFirst = false
    return fault(stream, ask)
  }
}

/** What each call has to have done, whatever happened on the way. */
const DONE = {
  'a look-up': (_sandbox, id, user) => assert.equal(user.id, id),
  'a change': (sandbox, _id, user) => {
    assert.equal(user.name, 'Countess')
    assert.equal(sandbox.users.findByEmail(ADA.email).name, 'Countess')
  },
  'a create': (sandbox, _id, user) => {
    assert.equal(sandbox.users.findByEmail(EVE.email).id, user.id)
    // An API that does not refuse an address twice would have two.
    const creates = sandbox.requests.filter(({ path }) => path.endsWith('/create'))
    assert.equal(creates.length, 1)
  },
  'a deletion': (sandbox) => assert.equal(sandbox.users.findByEmail(ADA.email), null),
}

describe('a host that offers HTTP/2', { concurrency: 4 }, () => {
  test('gets eight requests over one connection, and a thousand over sixteen', async (t) => {
    const { adapter, front } = await startFront(t, { timeout: 30_000 })
    await adapter.getUserByEmail(ADA.email)
    await Promise.all(strangers(8).map((email) => adapter.getUserByEmail(email)))
    assert.equal(front.connections, 1)
    await Promise.all(strangers(1_000).map((email) => adapter.getUserByEmail(email)))
    assert.ok(front.connections > 1 && front.connections <= CONNECTIONS, `${front.connections}`)
    assert.deepEqual(front.versions, Array(1_009).fill('2.0'))
  })

  test('but takes four requests of a connection at a time has sixteen under way', async (t) => {
    const AT_ONCE = 4
    const AIM = 16
    const releases = []
    let isHeld = false
    let isReached
    const reached = new Promise((resolve) => {
      isReached = resolve
    })
    const meet = async (ask, reply) => {
      if (isHeld && releases.length < AIM) {
        await new Promise((release) => {
          releases.push(release)
          if (releases.length === AIM) isReached()
        })
      }
      return passOn(ask, reply)
    }
    const settings = { maxConcurrentStreams: AT_ONCE }
    const { adapter, front } = await startFront(t, { timeout: 30_000 }, { meet, settings })
    const lookUps = () => strangers(64).map((email) => adapter.getUserByEmail(email))
    await adapter.getUserByEmail(ADA.email)
    // Connections are opened one after the other, by those who meet many others.
    await until('enough connections', async () => {
      await Promise.all(lookUps())
      return front.connections >= AIM / AT_ONCE
    })
    isHeld = true
    const calls = lookUps()
    await reached
    for (const release of releases) release()
    assert.deepEqual(await Promise.all(calls), Array(64).fill(null))
  })

  test('but lets one request in at a time answers all of them', async (t) => {
    const { adapter, front } = await startFront(
      t,
      { timeout: 30_000 },
      { settings: { maxConcurrentStreams: 1 } },
    )
    await adapter.getUserByEmail(ADA.email)
    await Promise.all(strangers(100).map((email) => adapter.getUserByEmail(email)))
    assert.ok(front.connections <= CONNECTIONS, `${front.connections} connections`)
  })

  test('is asked over HTTP/1.1 where http2 is false', async (t) => {
    const { adapter, front, ada } = await startFront(t, { http2: false })
    assert.equal((await adapter.getUserByEmail(ADA.email)).id, ada.id)
    assert.equal((await adapter.getUser(ada.id)).id, ada.id)
    assert.deepEqual(front.versions, ['1.1', '1.1'])
  })

  test('as a database of KVStore gets its commands over one connection', async (t) => {
    const redis = await redisFor(t)
    const rest = await startRestFront(redis)
    t.after(() => rest.stop())
    const target = Number(new URL(rest.url).port)
    const front = await startHttp2Front(t, { target, ...certificates.server.tls })
    const store = new KVStore({ url: `https://localhost:${front.port}`, token: rest.token })
    const { adapter, ada } = await start(t, { store })
    const session = newSession(ada.id)
    await adapter.createSession(session)
    const { user } = await adapter.getSessionAndUser(session.sessionToken)
    assert.equal(user.id, ada.id)
    assert.ok(front.versions.length > 2)
    assert.deepEqual(new Set(front.versions), new Set(['2.0']))
  })

  for (const [who, call] of Object.entries(CALLS)) {
    test(`and said goodbye between two calls does not fail ${who}`, async (t) => {
      const { adapter, front, sandbox, ada } = await startFront(t, { retries: 0 })
      await adapter.getUserByEmail('nobody@example.com')
      const [session] = front.sessions
      const gone = new Promise((resolve) => session.once('close', resolve))
      session.close()
      await gone
      DONE[who](sandbox, ada.id, await call(adapter, ada.id))
      assert.equal(front.connections, 2)
    })

    test(`and refuses a request unread does not fail ${who}`, async (t) => {
      const meet = once((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM))
      const { adapter, sandbox, front, ada } = await startFront(t, {}, { meet })
      DONE[who](sandbox, ada.id, await call(adapter, ada.id))
      assert.equal(front.connections, 1)
    })

    for (const [what, end] of [
      ['breaks its connection off', (session) => session.destroy()],
      // A lie: the request was read and carried out.
      ['says that it read no request', (session) => session.goaway(0, 0)],
      ['says goodbye at once', (session) => session.destroy(undefined, constants.NGHTTP2_NO_ERROR)],
    ]) {
      test(`and ${what} before it answers does not fail ${who}`, async (t) => {
        const meet = once(async ({ session }, ask) => {
          await ask()
          end(session)
          setTimeout(() => session.destroy(), 50)
        })
        const { adapter, sandbox, ada } = await startFront(t, {}, { meet })
        DONE[who](sandbox, ada.id, await call(adapter, ada.id))
      })
    }
  }

  test('and breaks one answer off lets the others on its connection end well', async (t) => {
    let streams = 0
    const meet = (ask, reply, stream) => {
      streams += 1
      if (streams !== 7) return passOn(ask, reply)
      stream.respond({ ':status': 200 })
      stream.write('{"items":')
      setTimeout(() => stream.destroy(new Error('An accident')), 20)
    }
    const { adapter, front } = await startFront(t, { retries: 0 }, { meet })
    await adapter.getUserByEmail(ADA.email)
    const calls = strangers(8).map((email) => adapter.getUserByEmail(email))
    const outcomes = await Promise.allSettled(calls)
    const failed = outcomes.filter(({ status }) => status === 'rejected')
    assert.equal(failed.length, 1)
    failure('ERR_API_UNREACHABLE', { retryable: true })(failed[0].reason)
    assert.equal(front.connections, 1)
  })

  test('and answers without an end is read to the limit, and its connection kept', async (t) => {
    const meet = once((stream) => {
      stream.respond({ ':status': 200 })
      const more = () => {
        while (!stream.destroyed && stream.write(Buffer.alloc(65_536, 0x20)));
      }
      stream.on('drain', more)
      more()
    })
    const { adapter, front } = await startFront(t, { retries: 0 }, { meet })
    await assert.rejects(
      adapter.getUserByEmail(ADA.email),
      failure('ERR_API_RESPONSE', { message: /bytes/ }),
    )
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
    assert.equal(front.connections, 1)
  })

  test('and answers with absurd headers is a typed error', async (t) => {
    const meet = once((stream) => {
      stream.respond({ ':status': 200, 'x-long': 'x'.repeat(60_000) })
      stream.end('{"items":[]}')
    })
    const { adapter } = await startFront(t, { retries: 0 }, { meet })
    await assert.rejects(adapter.getUserByEmail(ADA.email), { name: 'ChatBotKitError' })
    assert.equal((await adapter.getUserByEmail(ADA.email)).email, ADA.email)
  })

  test('and ends an answer before its length is an error and not a short answer', async (t) => {
    const meet = once((stream) => {
      stream.respond({ ':status': 200, 'content-length': 1_000 })
      stream.end('{"items":[]}')
    })
    const { adapter } = await startFront(t, { retries: 0 }, { meet })
    await assert.rejects(adapter.getUserByEmail(ADA.email), failure('ERR_API_UNREACHABLE'))
  })

  test('whose one connection is silent answers others over another one', async (t) => {
    const { adapter, front } = await startFront(t)
    const links = []
    const way = await startTcp(t, (socket) => {
      const onward = connect(front.port, '127.0.0.1')
      for (const one of [socket, onward]) one.on('error', () => {})
      t.after(() => onward.destroy())
      links.push([socket, onward])
      socket.pipe(onward).pipe(socket)
    })
    const baseUrl = `https://localhost:${way.port}`
    const { adapter: far } = await start(t, {
      ...{ baseUrl, secret: 'sandbox-secret', retries: 0, timeout: 5_000 },
    })
    const expected = await adapter.getUserByEmail(ADA.email)
    assert.deepEqual(await far.getUserByEmail(ADA.email), expected)
    for (const socket of links.flat()) socket.unpipe().pause()
    const settled = []
    const stuck = strangers(8).map((email) =>
      far.getUserByEmail(email).finally(() => settled.push(email)),
    )
    assert.deepEqual(await far.getUser(expected.id), expected)
    assert.deepEqual(settled, [])
    assert.equal(links.length, 2)
    for (const { reason } of await Promise.allSettled(stuck)) {
      failure(reason.code, { retryable: true })(reason)
    }
  })

  // Over HTTP/1.1 a dead connection fails the one call that took it. Here it would fail all of them.
  test('whose connection died is given up, and asked over another one', async (t) => {
    const { adapter, front } = await startFront(t)
    const sockets = []
    const way = await startTcp(t, (socket) => {
      const onward = connect(front.port, '127.0.0.1')
      for (const one of [socket, onward]) one.on('error', () => {})
      t.after(() => onward.destroy())
      sockets.push(socket, onward)
      socket.pipe(onward).pipe(socket)
    })
    const baseUrl = `https://localhost:${way.port}`
    const { adapter: far } = await start(t, {
      ...{ baseUrl, secret: 'sandbox-secret', retries: 1, retryDelay: 0, timeout: 10_000 },
    })
    const expected = await adapter.getUserByEmail(ADA.email)
    assert.deepEqual(await far.getUserByEmail(ADA.email), expected)
    for (const socket of sockets) socket.unpipe().pause()
    const began = performance.now()
    const calls = [ADA.email, ...strangers(10)].map((email) => far.getUserByEmail(email))
    const [found] = await Promise.all(calls)
    assert.deepEqual(found, expected)
    const seconds = (performance.now() - began) / 1_000
    assert.ok(seconds < 9, `${seconds} s, where an attempt may take 10`)
  })
})
