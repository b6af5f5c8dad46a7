/** The provider that the sign-in tests lean on: it must refuse what a real one refuses. */
import assert from 'node:assert/strict'
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { describe, it } from 'node:test'
import { startOAuthProvider } from '../../testing/oauth-provider.mjs'

const PERSON = { sub: '1906', email: 'grace@example.com', email_verified: true, name: 'Grace' }
const REDIRECT = 'http://localhost:1/callback'

async function start(t, person = PERSON) {
  const provider = await startOAuthProvider({ person })
  t.after(() => provider.close())
  return provider
}

/** An authorization request that is right, but for `changes`. */
function requestTo({ clientId }, verifier, changes = {}) {
  const request = {
    client_id: clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid email',
    state: 'some state',
    nonce: 'some nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }
  return new URLSearchParams(Object.entries(request).filter(([, value]) => value !== undefined))
}

const authorize = ({ issuer }, request) =>
  fetch(`${issuer}/authorize?${request}`, { redirect: 'manual' })

/** Asks for a code and exchanges it. @returns what exchanges it, with `changes` to a right exchange */
async function grant(provider) {
  const verifier = randomBytes(32).toString('base64url')
  const { headers } = await authorize(provider, requestTo(provider, verifier))
  const code = new URL(headers.get('location')).searchParams.get('code')
  return async ({ secret = provider.clientSecret, ...changes } = {}) => {
    const pair = [provider.clientId, secret].map(encodeURIComponent).join(':')
    const response = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(pair)}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
        ...changes,
      }),
    })
    return { status: response.status, ...(await response.json()) }
  }
}

function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
}

describe('the provider of the sign-in tests', () => {
  it('signs who somebody is, for this client and this request', async (t) => {
    const provider = await start(t)
    const exchange = await grant(provider)

    const { id_token: token, access_token: accessToken } = await exchange()

    const [header, payload, signature] = token.split('.')
    const { jwks_uri: keysAt } = provider.metadata()
    const { keys } = await (await fetch(keysAt)).json()
    const key = createPublicKey({ key: keys[0], format: 'jwk' })
    const signed = Buffer.from(`${header}.${payload}`)
    assert.ok(verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')))
    const { iss, aud, nonce, sub, email } = claimsOf(token)
    assert.deepEqual(
      { iss, aud, nonce, sub, email },
      {
        iss: provider.issuer,
        aud: provider.clientId,
        nonce: 'some nonce',
        sub: PERSON.sub,
        email: PERSON.email,
      },
    )
    const headers = { authorization: `Bearer ${accessToken}` }
    const answer = await fetch(provider.metadata().userinfo_endpoint, { headers })
    assert.deepEqual(await answer.json(), PERSON)
  })

  it('gives nothing for a code that was used', async (t) => {
    const exchange = await grant(await start(t))
    await exchange()

    assert.equal((await exchange()).error, 'invalid_grant')
  })

  const wrong = {
    'without the verifier': { code_verifier: '' },
    'with another verifier': { code_verifier: 'x'.repeat(43) },
    'for another address': { redirect_uri: 'http://localhost:2/callback' },
    'with a made-up code': { code: 'nonsense' },
  }
  for (const [how, changes] of Object.entries(wrong)) {
    it(`gives nothing ${how}`, async (t) => {
      const exchange = await grant(await start(t))

      assert.equal((await exchange(changes)).error, 'invalid_grant')
    })
  }

  it('gives nothing to a client with the wrong secret', async (t) => {
    const exchange = await grant(await start(t))

    assert.equal((await exchange({ secret: 'wrong' })).status, 401)
  })

  for (const missing of ['state', 'nonce', 'code_challenge', 'code_challenge_method']) {
    it(`asks for ${missing}`, async (t) => {
      const provider = await start(t)
      const verifier = randomBytes(32).toString('base64url')

      const answer = await authorize(
        provider,
        requestTo(provider, verifier, { [missing]: undefined }),
      )

      const back = new URL(answer.headers.get('location')).searchParams
      assert.equal(back.get('error'), 'invalid_request')
      assert.equal(back.get('code'), null)
    })
  }

  it('sends nobody to an address that is not the client’s', async (t) => {
    const provider = await start(t)
    const request = requestTo(provider, 'any', { redirect_uri: 'https://example.com/' })

    const answer = await authorize(provider, request)

    assert.equal(answer.status, 400)
    assert.equal(answer.headers.get('location'), null)
  })
})
