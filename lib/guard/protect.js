'use strict'

const { isLogger } = require('../adapter/logger.js')
const { ChatBotKitError } = require('../error.js')
const { integer, invalid, keyPrefix, readOptions, text, texts } = require('../option-checks.js')
const { BODY_TOO_LARGE, refusalOf } = require('./answer.js')
const { TOO_LARGE, lastOf } = require('./body.js')
const { PROXIES_LIMIT } = require('./client-address.js')
const { Guard } = require('./guard.js')
const { areLimits } = require('./limits.js')
const { readNodeRequest } = require('./node-request.js')
const { actionOf, normaliseIdentifier, signInPageAt } = require('./routes.js')
const { isWebRequest, readWebRequest } = require('./web-request.js')

const OPTIONS = {
  store: () => undefined, // lib/stores/resolve.js looks at it
  keyPrefix,
  clientAddress: isFunction,
  trustedProxies: integer(0, PROXIES_LIMIT),
  limits: areLimits,
  providers: texts,
  signInPage: text,
  normalizeIdentifier: isFunction,
  headers: isFunction,
  logger: isLogger,
}

function isFunction(value) {
  return typeof value === 'function' ? undefined : 'a function'
}

/**
 * Puts a guard in front of what NextAuth gave: the same shape comes back. index.d.ts documents the
 * options.
 *
 * @param {any} handlers `{ GET, POST }`, a handler, or all that NextAuth() of v5 returns
 * @param {import('../../index.js').ProtectOptions} [options]
 */
function protect(handlers, options = {}) {
  const read = readOptions('protect', OPTIONS, options)
  const { providers = ['email'], normalizeIdentifier = normaliseIdentifier } = read
  const settings = { ...read, providers, normalizeIdentifier }
  const guard = new Guard(settings)
  if (typeof handlers === 'function') return guarded(handlers, guard, settings)
  if (isPair(handlers)) return guardedPair(handlers, guard, settings)
  if (isPair(handlers?.handlers)) return guardedWhole(handlers, guard, settings)
  throw invalid(
    'protect needs what NextAuth gave: its handler, { GET, POST }, or the whole result of NextAuth() of v5',
  )
}

function isPair(value) {
  return typeof value?.GET === 'function' && typeof value.POST === 'function'
}

function guardedPair(handlers, guard, settings) {
  const [GET, POST] = [handlers.GET, handlers.POST].map((it) => guarded(it, guard, settings))
  return { ...handlers, GET, POST }
}

/** All of NextAuth() of v5. Its signIn(), on a server, asks for a code without passing a handler. */
function guardedWhole(result, guard, settings) {
  if (!settings.headers) {
    throw invalid(
      'protect needs the option "headers" where it guards signIn(): import { headers } from \'next/headers\', and pass it',
    )
  }
  return {
    ...result,
    handlers: guardedPair(result.handlers, guard, settings),
    signIn: guardedSignIn(result.signIn, guard, settings),
  }
}

/** A handler whose requests are counted before it gets them. */
function guarded(handler, guard, settings) {
  return async function protectedHandler(request, second, ...rest) {
    const seen = isWebRequest(request)
      ? await readWebRequest(request, second)
      : readNodeRequest(request, second)
    const answer = await answerOf(seen, [request, second], guard, settings)
    return answer ? seen.answer(answer) : handler.apply(this, [request, second, ...rest])
  }
}

/** What to answer in NextAuth's place; undefined where NextAuth answers. */
async function answerOf(seen, context, guard, { providers, normalizeIdentifier, signInPage }) {
  const action = actionOf(seen.method, seen.paths, providers)
  if (!action) return undefined
  const body = action === 'code' ? await seen.readBody() : undefined
  if (body === TOO_LARGE) return BODY_TOO_LARGE
  const email = action === 'code' ? lastOf(body?.email) : seen.email
  const identifier = identifierOf(email, normalizeIdentifier)
  const refused = await guard.refusal(action, context, identifier)
  if (!refused) return undefined
  return refusalOf({ ...seen, body }, signInPage ?? signInPageAt(seen.path), refused.retryAfter)
}

/** signIn() of v5 on a server: what a handler would answer with is thrown. */
function guardedSignIn(signIn, guard, { providers, normalizeIdentifier, headers }) {
  return async function protectedSignIn(provider, options, ...rest) {
    if (providers.includes(provider)) {
      const given = options instanceof FormData ? Object.fromEntries(options) : options
      const identifier = identifierOf(lastOf(given?.email), normalizeIdentifier)
      const refused = await guard.refusal('code', [{ headers: await headers() }], identifier)
      if (refused) throw rateLimited(refused.retryAfter)
    }
    return signIn.call(this, provider, options, ...rest)
  }
}

/** Whom a request is about, as NextAuth will have it; undefined for what NextAuth refuses. */
function identifierOf(email, normalize) {
  if (!email) return undefined
  try {
    return String(normalize(email))
  } catch {
    return undefined
  }
}

function rateLimited(seconds) {
  return new ChatBotKitError(
    'ERR_RATE_LIMITED',
    `signIn failed: too many codes were asked for. Try again in ${seconds} seconds`,
    { operation: 'signIn', retryAfter: seconds, retryable: true },
  )
}

module.exports = { protect }
