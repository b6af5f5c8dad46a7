/**
 * The application: its own pages, and Auth.js under `BASE_PATH`. A `Request` in, a `Response` out.
 */
import { readFileSync } from 'node:fs'
import { Auth } from '@auth/core'
import {
  addressIn,
  forgetAddress,
  isAddress,
  normaliseAddress,
  rememberAddress,
} from './address.mjs'
import { BASE_PATH } from './auth.mjs'
import * as pages from './pages.mjs'

const STYLE = readFileSync(new URL('style.css', import.meta.url))

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // Pages carry a CSRF token or a person's data: no cache may keep them.
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** @param {ReturnType<typeof import('./auth.mjs').createAuth>} auth */
export function createApp({ adapter, config }) {
  const routes = {
    'GET /': start,
    'GET /code': code,
    'POST /code': redeem,
    'GET /dashboard': dashboard,
    'GET /error': failed,
    'GET /style.css': () => new Response(STYLE, { headers: { 'content-type': 'text/css' } }),
    [`POST ${BASE_PATH}/signin/email`]: requestCode,
  }

  return function handle(request) {
    const url = new URL(request.url)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const route = `${method} ${url.pathname}`
    if (Object.hasOwn(routes, route)) return routes[route](request, url)
    if (url.pathname.startsWith(`${BASE_PATH}/`)) return Auth(request, config)
    return show(pages.notFoundPage(), { status: 404 })
  }

  async function start(request, url) {
    const { session } = await ask(request, 'session')
    if (session) return redirect('/dashboard')
    const { csrfToken, cookies } = await ask(request, 'csrf')
    const error = pages.errorInWords(url.searchParams.get('error'))
    return show(pages.signInPage({ csrfToken, email: addressIn(request), error }), { cookies })
  }

  /**
   * Auth.js checks the CSRF token, makes the code and sends it. What it does not do is tell the next
   * page whose code to ask for, so the address goes along in a cookie.
   */
  async function requestCode(request) {
    const form = await readForm(request.clone())
    const email = normaliseAddress(form.get('email') ?? '')
    if (!isAddress(email)) return redirect('/?error=EmailSignin')
    const response = await Auth(request, config)
    const error = errorIn(response)
    if (error) return redirect(`/?${new URLSearchParams({ error })}`)
    return withCookies(response, [rememberAddress(email)])
  }

  function code(request, url) {
    const error = pages.errorInWords(url.searchParams.get('error'))
    return show(pages.codePage({ email: addressIn(request), error }))
  }

  /** People type capitals and paste spaces, and Auth.js redeems to the letter: codes are lower-case hex. */
  async function redeem(request) {
    const form = await readForm(request)
    const token = (form.get('code') ?? '').replace(/\s/g, '').toLowerCase()
    const email = normaliseAddress(form.get('email') ?? '')
    if (!token || !email) return redirect('/code?error=Verification')
    return redirect(`${BASE_PATH}/callback/email?${new URLSearchParams({ token, email })}`)
  }

  async function dashboard(request) {
    const { session, cookies } = await ask(request, 'session')
    if (!session) return redirect('/', cookies)
    const { csrfToken, cookies: csrfCookies } = await ask(request, 'csrf')
    const account = await readAccount(session.user.id)
    return show(pages.dashboardPage({ session, csrfToken, ...account }), {
      cookies: [...cookies, ...csrfCookies, forgetAddress()],
    })
  }

  async function readAccount(id) {
    try {
      const user = await adapter.getUser(id)
      return user ? { user } : { error: 'Your sub-account is no longer there.' }
    } catch (error) {
      console.error(error)
      return { error: 'ChatBotKit does not answer at the moment. This is what we know.' }
    }
  }

  function failed(request, url) {
    const error = url.searchParams.get('error')
    const email = addressIn(request)
    if (error === 'Verification') return redirect('/code?error=Verification')
    return show(pages.errorPage({ error, email }), { status: error === 'AccessDenied' ? 403 : 500 })
  }

  /** Asks Auth.js for `csrf` or `session` on behalf of the browser that sent `request`. */
  async function ask(request, action) {
    const url = new URL(`${BASE_PATH}/${action}`, request.url)
    const headers = { cookie: request.headers.get('cookie') ?? '' }
    const response = await Auth(new Request(url, { headers }), config)
    const body = await response.json()
    const cookies = response.headers.getSetCookie()
    return action === 'csrf' ? { ...body, cookies } : { session: body, cookies }
  }
}

async function readForm(request) {
  return new URLSearchParams(await request.text())
}

/** The word with which Auth.js sends a browser to an error page, or undefined. */
function errorIn(response) {
  const location = response.headers.get('location')
  if (!location) return 'Configuration'
  return new URL(location).searchParams.get('error') ?? undefined
}

function show(markup, { status = 200, cookies = [] } = {}) {
  return withCookies(new Response(String(markup), { status, headers: PAGE_HEADERS }), cookies)
}

function redirect(location, cookies = []) {
  return withCookies(new Response(null, { status: 303, headers: { location } }), cookies)
}

function withCookies(response, cookies) {
  for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  return response
}
