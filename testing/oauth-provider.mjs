/**
 * An OAuth 2.0 authorization server and OpenID provider in memory, for one client. It asks nobody:
 * `person` consents at once, or declines when it is null. What a client has to get right is checked
 * as strictly as the specifications allow.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { listen } from './listening.mjs'

/** ms. */
const CODE_LIFETIME = 60_000

/** Seconds. */
const TOKEN_LIFETIME = 3_600

// 127.0.0.1 rather than localhost, where the applications are: browsers keep their cookies apart.
const HOST = '127.0.0.1'

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KEY_ID = 'signing-key'

/**
 * @typedef {object} Person
 * @property {string} sub the provider's id of the person, never changed
 * @property {string} [email]
 * @property {boolean} [email_verified]
 * @property {string} [name]
 * @property {string} [picture]
 */

/** A request that is refused, as RFC 6749 section 5.2 words it. */
class Refusal extends Error {
  constructor(error, description, status = 400) {
    super(description)
    this.error = error
    this.status = status
  }
}

/**
 * @param {object} [options]
 * @param {string} [options.id] what applications call the provider
 * @param {'oidc' | 'oauth2'} [options.kind] whether applications use it for OpenID Connect
 * @param {Person | null} [options.person]
 * @returns {Promise<OAuthProvider>}
 */
export async function startOAuthProvider(options) {
  const provider = new OAuthProvider(options)
  await provider.listen()
  return provider
}

export class OAuthProvider {
  clientId = 'application'
  /** Characters that differ when they are percent-encoded, as RFC 6749 section 2.3.1 asks. */
  clientSecret = `${randomBytes(16).toString('hex')}:+/ %`
  /** The answers of the token endpoint, newest last. */
  issued = []
  /** Why requests were refused, newest last. */
  refusals = []

  #grants = new Map()
  #people = new Map()
  #server = createServer((request, response) => this.#answer(request, response))

  #routes = {
    'GET /.well-known/openid-configuration': () => this.metadata(),
    'GET /jwks': () => ({ keys: [publicKey()] }),
    'POST /token': (request) => this.#token(request),
    'GET /userinfo': (request) => this.#userinfo(request),
  }

  constructor({ id = 'oidc', kind = 'oidc', person = null } = {}) {
    this.id = id
    this.kind = kind
    this.person = person
  }

  async listen() {
    const { port, close } = await listen(this.#server, HOST)
    this.issuer = `http://${HOST}:${port}`
    this.close = close
  }

  /** What an application has to know, whatever its framework. */
  client() {
    const { id, kind, issuer, clientId, clientSecret } = this
    return {
      ...{ id, kind, name: id, issuer, clientId, clientSecret },
      endpoints: {
        authorization: `${issuer}/authorize`,
        token: `${issuer}/token`,
        userinfo: `${issuer}/userinfo`,
      },
      profile: ({ sub, name, email, picture }) => ({ id: sub, name, email, image: picture }),
    }
  }

  /** OpenID Connect Discovery 1.0, section 3. */
  metadata() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    }
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.issuer)
    try {
      if (url.pathname === '/authorize') {
        response.writeHead(302, { location: this.#authorize(url.searchParams) }).end()
        return
      }
      const route = this.#routes[`${request.method} ${url.pathname}`]
      if (!route) throw new Refusal('not_found', `No ${request.method} ${url.pathname}`, 404)
      sendJson(response, 200, await route(request))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.refusals.push(error.message)
      sendJson(response, error.status, { error: error.error, error_description: error.message })
    }
  }

  /** @returns {string} where the browser goes next */
  #authorize(query) {
    const redirect = query.get('redirect_uri') ?? ''
    // Without a client and an address that are known, nobody is sent anywhere (RFC 6749, 4.1.2.1).
    if (query.get('client_id') !== this.clientId)
      throw new Refusal('invalid_client', 'Which client?')
    if (!/^http:\/\/localhost:\d+\//.test(redirect)) {
      throw new Refusal('invalid_request', `Not an address of the client: ${redirect}`)
    }
    const back = new URL(redirect)
    back.searchParams.set('iss', this.issuer)
    if (query.has('state')) back.searchParams.set('state', query.get('state'))
    const problem = problemOf(query)
    if (problem) this.refusals.push(problem)
    if (problem) back.searchParams.set('error', 'invalid_request')
    else if (!this.person) back.searchParams.set('error', 'access_denied')
    else back.searchParams.set('code', this.#grant(query, redirect))
    return back.href
  }

  #grant(query, redirect) {
    const code = randomBytes(16).toString('hex')
    this.#grants.set(code, {
      person: this.person,
      redirect,
      challenge: query.get('code_challenge'),
      nonce: query.get('nonce') ?? undefined,
      scope: query.get('scope'),
      expires: Date.now() + CODE_LIFETIME,
    })
    return code
  }

  async #token(request) {
    if (!this.#isClient(request.headers.authorization)) {
      throw new Refusal('invalid_client', 'The client is not who it says it is', 401)
    }
    const form = await readForm(request)
    if (form.get('grant_type') !== 'authorization_code') {
      throw new Refusal('unsupported_grant_type', 'Only authorization_code is supported')
    }
    const grant = this.#grants.get(form.get('code'))
    this.#grants.delete(form.get('code'))
    const isGood =
      grant &&
      grant.expires > Date.now() &&
      grant.redirect === form.get('redirect_uri') &&
      grant.challenge === s256(form.get('code_verifier') ?? '')
    if (!isGood)
      throw new Refusal('invalid_grant', 'The code, its address or its verifier is wrong')
    return this.#issue(grant)
  }

  #issue({ person, scope, nonce }) {
    const accessToken = randomBytes(24).toString('base64url')
    this.#people.set(accessToken, person)
    const isOpenId = scope.split(' ').includes('openid')
    const tokens = {
      access_token: accessToken,
      refresh_token: randomBytes(24).toString('base64url'),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME,
      scope,
      session_state: randomBytes(8).toString('hex'),
      ...(isOpenId && { id_token: this.#idToken(person, { nonce, accessToken }) }),
    }
    this.issued.push(tokens)
    return tokens
  }

  /** OpenID Connect Core 1.0, section 2, signed with RS256. */
  #idToken(person, { nonce, accessToken }) {
    const now = Math.floor(Date.now() / 1000)
    const digest = createHash('sha256').update(accessToken).digest()
    const claims = {
      ...person,
      iss: this.issuer,
      aud: this.clientId,
      iat: now,
      exp: now + TOKEN_LIFETIME,
      at_hash: digest.subarray(0, digest.length / 2).toString('base64url'),
      nonce,
    }
    const signed = `${encoded({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${encoded(claims)}`
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), KEY.privateKey).toString('base64url')}`
  }

  #userinfo({ headers }) {
    const person = this.#people.get(/^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1])
    if (!person) throw new Refusal('invalid_token', 'Unknown access token', 401)
    return person
  }

  #isClient(authorization) {
    const encodedPair = /^Basic (.+)$/i.exec(authorization ?? '')?.[1] ?? ''
    const pair = Buffer.from(encodedPair, 'base64').toString()
    const [id, secret] = pair
      .split(':')
      .map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
    const given = createHash('sha256').update(`${secret}`).digest()
    const right = createHash('sha256').update(this.clientSecret).digest()
    return id === this.clientId && timingSafeEqual(given, right)
  }
}

/** What is wrong with an authorization request, if anything. */
function problemOf(query) {
  const isOpenId = (query.get('scope') ?? '').split(' ').includes('openid')
  if (query.get('response_type') !== 'code') return 'response_type has to be code'
  if (!query.get('state')) return 'state is missing'
  if (query.get('code_challenge_method') !== 'S256') return 'code_challenge_method has to be S256'
  if (!/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')) return 'code_challenge is missing'
  if (isOpenId && !query.get('nonce')) return 'nonce is missing'
  return undefined
}

async function readForm(request) {
  const chunks = await request.toArray()
  return new URLSearchParams(Buffer.concat(chunks).toString())
}

function sendJson(response, status, value) {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  response.writeHead(status, headers).end(JSON.stringify(value))
}

function publicKey() {
  return { ...KEY.publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

const s256 = (verifier) => createHash('sha256').update(verifier).digest('base64url')
