/**
 * What protect() makes of requests, in each of the shapes that NextAuth has.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import { describe, test } from 'node:test'
import { ChatBotKitError, MemoryStore, protect } from '../../index.js'
import { listen } from '../../testing/listening.mjs'

const FORM = 'application/x-www-form-urlencoded'
const ORIGIN = 'https://app.example.com'

/** A handler that tells what reached it. */
function echo() {
  const seen = []
  const handler = async (request) => {
    seen.push({ path: new URL(request.url).pathname, body: await request.text() })
    return new Response('passed')
  }
  return { handler, seen }
}

function ask(email, { path = '/api/auth/signin/email', headers, ...init } = {}) {
  return new Request(ORIGIN + path, {
    method: 'POST',
    body: new URLSearchParams({ email, csrfToken: 'x' }),
    ...init,
    headers: { 'x-real-ip': '192.0.2.1', ...headers },
  })
}

function attempt(email, ip = '192.0.2.1', path = '/api/auth/callback/email') {
  const query = new URLSearchParams({ email, token: 'abc' })
  return new Request(`${ORIGIN}${path}?${query}`, { headers: { 'x-real-ip': ip } })
}

const options = (more) => ({
  store: new MemoryStore(),
  clientAddress: ({ headers }) => headers.get?.('x-real-ip') ?? headers['x-real-ip'],
  ...more,
})

/** How many of several requests, one after the other, get through. */
async function passed(handler, requests) {
  let count = 0
  for (const request of requests) {
    if ((await handler(request)).status === 200) count += 1
  }
  return count
}

const times = (count, make) => Array.from({ length: count }, (_, index) => make(index))

describe('the default limits', () => {
  test('let an address have a code, and another one after a while', async () => {
    const { handler } = echo()
    const asked = protect(handler, options())
    assert.equal(await passed(asked, [ask('ada@example.com'), ask('ada@example.com')]), 1)
  })

  test('five codes an address, of whatever client', async () => {
    const asked = protect(echo().handler, options({ limits: { codeInterval: false } }))
    const requests = times(9, (n) =>
      ask('ada@example.com', { headers: { 'x-real-ip': `192.0.2.${n}` } }),
    )
    assert.equal(await passed(asked, requests), 5)
  })

  test('three codes of a client for one address: others are left for its owner', async () => {
    const asked = protect(echo().handler, options({ limits: { codeInterval: false } }))
    assert.equal(
      await passed(
        asked,
        times(9, () => ask('ada@example.com')),
      ),
      3,
    )
    const owner = { headers: { 'x-real-ip': '198.51.100.1' } }
    assert.equal(
      await passed(
        asked,
        times(9, () => ask('ada@example.com', owner)),
      ),
      2,
    )
  })

  test('twenty codes a client', async () => {
    const asked = protect(echo().handler, options())
    assert.equal(
      await passed(
        asked,
        times(25, (n) => ask(`ada${n}@example.com`)),
      ),
      20,
    )
  })

  test('four attempts of a client at one address, and sixty at all', async () => {
    const tried = protect(echo().handler, options())
    assert.equal(
      await passed(
        tried,
        times(9, () => attempt('ada@example.com')),
      ),
      4,
    )
    assert.equal(
      await passed(
        tried,
        times(70, (n) => attempt(`ada${n}@example.com`)),
      ),
      56,
    )
    assert.equal(await passed(tried, [attempt('ada@example.com', '198.51.100.1')]), 1)
  })

  test('an address without a client is counted as one, and may try sixty times', async () => {
    const tried = protect(echo().handler, options({ clientAddress: () => undefined }))
    assert.equal(
      await passed(
        tried,
        times(61, () => attempt('ada@example.com')),
      ),
      60,
    )
    const asked = protect(echo().handler, options({ clientAddress: () => undefined }))
    assert.equal(
      await passed(
        asked,
        times(3, () => ask('ada@example.com')),
      ),
      1,
    )
  })
})

describe('one address and one client', () => {
  const same = (name, ...requests) =>
    test(name, async () => {
      const asked = protect(echo().handler, options())
      assert.equal(await passed(asked, requests), 1)
    })

  same(
    'however it is spelled',
    ask('ada@example.com'),
    ask(' ADA@Example.com,x '),
    ask('ada＠example.com'),
  )
  same(
    'whatever the content type',
    ask('ada@example.com'),
    ask('', {
      body: JSON.stringify({ email: 'ada@example.com' }),
      headers: { 'content-type': 'application/json' },
    }),
  )
  same(
    'the last of several, as NextAuth has it',
    ask('ada@example.com'),
    ask('', {
      body: 'email=bob%40example.com&email=ada%40example.com',
      headers: { 'content-type': FORM },
    }),
  )
  same(
    'whatever the route looks like',
    ask('ada@example.com'),
    ask('ada@example.com', { path: '/api/auth//signin/email/' }),
    ask('ada@example.com', { path: '/api/auth/signin///email' }),
    ask('ada@example.com', { path: '/api/authsignin/email' }),
    ask('ada@example.com', { path: '/api/auth/sign%69n/em%61il' }),
  )

  test('an IPv6 client is its network', async () => {
    const asked = protect(echo().handler, options())
    const requests = times(25, (n) =>
      ask(`ada${n}@example.com`, { headers: { 'x-real-ip': `2001:db8::${n}` } }),
    )
    assert.equal(await passed(asked, requests), 20)
  })
})

describe('what is not counted', () => {
  test('every other route, and other providers', async () => {
    const { handler, seen } = echo()
    const store = new MemoryStore()
    const all = protect(handler, options({ store }))
    const paths = [
      'session',
      'csrf',
      'providers',
      'signout',
      'signin',
      'signin/github',
      'callback/github',
    ]
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        const response = await all(
          new Request(`${ORIGIN}/api/auth/${path}?email=a%40b.c`, { method }),
        )
        assert.equal(response.status, 200)
      }
    }
    assert.equal((await all(new Request(`${ORIGIN}/api/auth/signin/email`))).status, 200)
    assert.equal(
      (await all(new Request(`${ORIGIN}/api/auth/callback/email`, { method: 'HEAD' }))).status,
      200,
    )
    assert.equal(seen.length, 2 * paths.length + 2)
    assert.equal(store.size, 0)
  })

  test('the body reaches NextAuth as it was', async () => {
    const { handler, seen } = echo()
    await protect(handler, options())(ask('ada@example.com'))
    assert.deepEqual(seen, [
      { path: '/api/auth/signin/email', body: 'email=ada%40example.com&csrfToken=x' },
    ])
  })

  test('a body that nobody sends is not read to its end', async () => {
    const { handler, seen } = echo()
    const response = await protect(handler, options())(ask('', { body: 'x'.repeat(100_000) }))
    assert.equal(response.status, 413)
    assert.deepEqual(seen, [])
  })

  test('providers are named where they have other names', async () => {
    const asked = protect(echo().handler, options({ providers: ['code'] }))
    const requests = times(2, () => ask('ada@example.com', { path: '/auth/signin/code' }))
    assert.equal(await passed(asked, requests), 1)
    assert.equal(
      await passed(
        asked,
        times(3, () => ask('ada@example.com')),
      ),
      3,
    )
  })
})

describe('the answer', () => {
  const second = async (headers, more, init) => {
    const asked = protect(echo().handler, options(more))
    await asked(ask('ada@example.com'))
    return asked(ask('ada@example.com', { headers, ...init }))
  }

  test('to a script: 429, with the time to wait in words, seconds and a header', async () => {
    const response = await second({ origin: 'https://www.example.com' })
    const { message, url, ...rest } = await response.json()
    assert.equal(response.status, 429)
    assert.equal(response.headers.get('retry-after'), '30')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.deepEqual(rest, { error: 'RateLimited', retryAfter: 30 })
    assert.match(message, /30 seconds/)
    assert.equal(url, 'https://www.example.com/api/auth/signin?error=RateLimited&retryAfter=30')
  })

  test('to a browser: the sign-in page', async () => {
    for (const headers of [{ 'sec-fetch-mode': 'navigate' }, { accept: 'text/html,*/*' }]) {
      const response = await second(headers)
      assert.equal(response.status, 303)
      assert.equal(response.headers.get('retry-after'), '30')
      const location = '/api/auth/signin?error=RateLimited&retryAfter=30'
      assert.equal(response.headers.get('location'), location)
    }
  })

  test('the sign-in page is the one of the options', async () => {
    const response = await second({ accept: 'text/html' }, { signInPage: '/in?lang=en' })
    assert.equal(response.headers.get('location'), '/in?lang=en&error=RateLimited&retryAfter=30')
  })

  test('never leads to another host', async () => {
    for (const path of ['//evil.example/signin/email', '/\\evil.example/signin/email']) {
      const asked = protect(echo().handler, options({ limits: { codesPerClient: { max: 1 } } }))
      await asked(ask('ada@example.com'))
      const request = {
        url: `https://app.example.com${path}`,
        method: 'POST',
        headers: new Headers(),
      }
      request.headers.set('x-real-ip', '192.0.2.1')
      request.headers.set('accept', 'text/html')
      const response = await asked(request)
      assert.match(response.headers.get('location'), /^\/[\w]/)
    }
  })

  test('signIn() of next-auth/react gets the page to go to, in both versions', async () => {
    const v5 = await second({ 'x-auth-return-redirect': '1', accept: 'text/html' })
    const v4 = await second({ accept: 'text/html' }, undefined, {
      body: new URLSearchParams({ email: 'ada@example.com', json: 'true' }),
    })
    for (const response of [v4, v5]) {
      assert.equal(response.status, 429)
      const { url } = await response.json()
      assert.equal(new URL(url).searchParams.get('error'), 'RateLimited')
    }
  })
})

describe('shapes', () => {
  test('{ GET, POST } keeps what else is in it', async () => {
    const { handler } = echo()
    const handlers = protect({ GET: handler, POST: handler, dynamic: 'auto' }, options())
    assert.deepEqual(Object.keys(handlers), ['GET', 'POST', 'dynamic'])
    assert.equal(
      await passed(
        handlers.POST,
        times(2, () => ask('ada@example.com')),
      ),
      1,
    )
    assert.equal(
      await passed(
        handlers.GET,
        times(5, () => attempt('ada@example.com')),
      ),
      4,
    )
  })

  test('next-auth v4 in App Router: the route is in the parameters, too', async () => {
    const { handler, seen } = echo()
    const asked = protect((request, { params }) => handler(request, params), options())
    const context = { params: Promise.resolve({ nextauth: ['signin', 'email'] }) }
    const rewritten = () => asked(ask('ada@example.com', { path: '/login' }), context)
    assert.equal((await rewritten()).status, 200)
    assert.equal((await rewritten()).status, 429)
    assert.equal(seen.length, 1)
  })

  test('all of NextAuth() of v5: its signIn() rejects before anything is done', async () => {
    const { handler } = echo()
    const calls = []
    const whole = {
      handlers: { GET: handler, POST: handler },
      auth() {},
      signIn: (...it) => calls.push(it),
    }
    const headers = async () => new Headers({ 'x-real-ip': '192.0.2.1' })
    const { signIn, auth, handlers } = protect(whole, options({ headers }))
    assert.equal(auth, whole.auth)
    const form = new FormData()
    form.set('email', 'ada@example.com')
    await signIn('email', form)
    await signIn('github', form)
    await signIn('github', form)
    await assert.rejects(signIn('email', { email: 'ADA@example.com' }), (error) => {
      assert.ok(error instanceof ChatBotKitError)
      assert.deepEqual(
        [error.code, error.retryAfter, error.retryable],
        ['ERR_RATE_LIMITED', 30, true],
      )
      return true
    })
    assert.equal(calls.length, 3)
    // They share their counts.
    assert.equal((await handlers.POST(ask('ada@example.com'))).status, 429)
  })

  test('what is none of them is refused when it is made, and so are wrong options', () => {
    const { handler } = echo()
    const refused = (handlers, more) =>
      assert.throws(() => protect(handlers, options(more)), { code: 'ERR_INVALID_OPTION' })
    for (const handlers of [undefined, null, {}, { GET: handler }, 'x']) refused(handlers)
    refused({ handlers: { GET: handler, POST: handler }, signIn() {} })
    refused(handler, { store: {} })
    refused(handler, { limits: { codesPerAdress: { max: 1 } } })
    refused(handler, { limits: { codesPerAddress: { max: 0 } } })
    refused(handler, { limits: { codesPerAddress: { max: 1, windows: 1 } } })
    refused(handler, { limits: { codesPerAddress: true } })
    refused(handler, { trustedProxies: -1 })
    refused(handler, { clientAddress: 'x' })
    refused(handler, { ttl: 5 })
  })
})

describe('requests of Node', () => {
  /** A server whose handler parses a body as Express does, if nobody has. */
  async function serve(t, more, prepare = () => {}) {
    const seen = []
    const handler = protect(async (request, response) => {
      if (request.body === undefined && !request.readableEnded) for await (const _ of request);
      seen.push(request.body)
      response.end('passed')
    }, options(more))
    const server = createServer(async (request, response) => {
      await prepare(request)
      await handler(request, response)
    })
    const { port, close } = await listen(server, 'localhost')
    t.after(close)
    const post = (body, headers = {}, path = '/auth/signin/email') =>
      fetch(`http://localhost:${port}${path}`, {
        method: 'POST',
        body,
        headers: { 'x-real-ip': '192.0.2.1', ...headers },
        redirect: 'manual',
      })
    /** As a browser sends a form: `fetch` of Node says of itself that it is a script. */
    const submit = async (email) => {
      const headers = { 'content-type': FORM, accept: 'text/html', 'x-real-ip': '192.0.2.1' }
      const url = `http://localhost:${port}/auth/signin/email`
      const outgoing = send(url, { method: 'POST', headers }).end(String(form(email)))
      const [{ statusCode, headers: answered }] = await once(outgoing, 'response')
      return { status: statusCode, location: answered.location }
    }
    return { seen, post, submit }
  }

  const form = (email) => new URLSearchParams({ email })

  test('a body is read once, and stays where body parsers look for it', async (t) => {
    const { seen, post, submit } = await serve(t)
    assert.equal((await post(form('ada@example.com'))).status, 200)
    const refused = await post(form('ada@example.com'))
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '30'])
    assert.match(
      (await refused.json()).url,
      /^http:\/\/localhost:\d+\/auth\/signin\?error=RateLimited/,
    )
    assert.equal((await submit('ada@example.com')).status, 303)
    assert.deepEqual(seen, [{ email: 'ada@example.com' }])
  })

  test('a body that was parsed is taken as it is', async (t) => {
    const { seen, post } = await serve(t, {}, async (request) => {
      for await (const _ of request);
      request.body = { email: ['bob@example.com', 'ada@example.com'] }
    })
    assert.equal((await post('x')).status, 200)
    assert.equal((await post('x')).status, 429)
    assert.equal(seen.length, 1)
  })

  test('Express takes the mounted path away, and Pages Router has it in the query', async (t) => {
    const express = await serve(t, {}, (request) => {
      request.originalUrl = request.url
      request.url = '/signin/email'
    })
    assert.equal((await express.post(form('ada@example.com'))).status, 200)
    const { location } = await express.submit('ada@example.com')
    assert.equal(location, '/auth/signin?error=RateLimited&retryAfter=30')

    const pages = await serve(t, {}, (request) => {
      request.query = { nextauth: ['signin', 'email'] }
    })
    assert.equal((await pages.post(form('ada@example.com'), {}, '/login')).status, 200)
    assert.equal((await pages.post(form('ada@example.com'), {}, '/login')).status, 429)
  })

  test('a body that is too large is answered before its end', async (t) => {
    const { seen, post } = await serve(t)
    assert.equal((await post('x'.repeat(200_000))).status, 413)
    assert.deepEqual(seen, [])
  })
})
