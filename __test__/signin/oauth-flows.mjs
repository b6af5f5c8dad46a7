/** People who come from an OAuth or OpenID Connect provider. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ADA } from '../../testing/people.mjs'
import { FORGETFUL } from './application.mjs'
import { accountAt, GRACE, STRATEGIES, startWithProvider } from './provider-application.mjs'

export function describeOAuth(framework) {
  for (const strategy of STRATEGIES) {
    describe(`signing in at a provider with ${framework.name}, ${strategy} sessions`, () => {
      whoComesIn(framework, strategy)
      whatIsKept(framework, strategy)
      whatAnOutageDoes(framework, strategy)
    })
  }
}

function whoComesIn(framework, strategy) {
  it('gives a new person a sub-account with name and picture, the address unproven', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    const before = sandbox.people.all().length
    const visit = open()

    assert.equal(await visit.signInWith(provider), undefined)

    const account = sandbox.people.findByEmail(GRACE.email)
    const { email, name, picture: image } = GRACE
    assert.deepEqual(await visit.person(), { id: account.id, email, name, image })
    assert.equal(account.name, name)
    assert.equal(account.image, image)
    assert.equal((await adapter.getUser(account.id)).emailVerified, null)
    assert.equal(sandbox.people.all().length, before + 1)
  })

  it('takes a provider that says who somebody is only when asked with the token', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy, {
      kind: 'oauth2',
    })
    const visit = open()

    assert.equal(await visit.signInWith(provider), undefined)

    assert.equal((await visit.person()).id, sandbox.people.findByEmail(GRACE.email).id)
    assert.equal(provider.issued.at(-1).id_token, undefined)
  })

  it('brings a person back to the same sub-account', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy)
    await open().signInWith(provider)
    const before = sandbox.people.all()
    const later = open()

    assert.equal(await later.signInWith(provider), undefined)

    assert.equal((await later.person()).id, sandbox.people.findByEmail(GRACE.email).id)
    assert.deepEqual(sandbox.people.all(), before)
  })

  it('knows a person by their id at the provider when the address changes there', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy)
    await open().signInWith(provider)
    const { id } = sandbox.people.findByEmail(GRACE.email)
    provider.person = { ...GRACE, email: ADA.email }
    const visit = open()

    assert.equal(await visit.signInWith(provider), undefined)

    assert.equal((await visit.person()).id, id)
    assert.equal(sandbox.people.get(id).email, GRACE.email)
  })

  it('lets the same person in by code, which proves the address', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    await open().signInWith(provider)
    const { id } = sandbox.people.findByEmail(GRACE.email)
    const visit = open()

    assert.equal(await visit.signInAs(GRACE.email), undefined)

    assert.equal((await visit.person()).id, id)
    assert.ok((await adapter.getUser(id)).emailVerified instanceof Date)
  })

  // https://github.com/calcom/cal.diy/pull/28300
  it('makes one sub-account for two first sign-ins at once, and locks nobody out', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy)
    const before = sandbox.people.all().length
    const visits = [open(), open(), open()]
    const callbacks = []
    for (const visit of visits) callbacks.push(await visit.answerOf(provider))

    const results = await Promise.all(visits.map((visit, i) => visit.finish(callbacks[i])))

    assert.ok(results.includes(undefined), results.join())
    assert.equal(sandbox.people.all().length, before + 1)
    const later = open()
    assert.equal(await later.signInWith(provider), undefined)
    assert.equal((await later.person()).id, sandbox.people.findByEmail(GRACE.email).id)
  })
}

function whatIsKept(framework, strategy) {
  for (const kind of ['oidc', 'oauth2']) {
    it(`keeps every token of the account (${kind})`, async (t) => {
      const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy, {
        kind,
      })
      const before = Math.floor(Date.now() / 1000)
      await open().signInWith(provider)

      const kept = await adapter.getAccount(GRACE.sub, provider.id)

      const { expires_in: lifetime, ...tokens } = provider.issued.at(-1)
      const expected = { ...tokens, ...accountAt(provider, GRACE) }
      // OAuth's token types have no case (RFC 6749, 5.1), and v5 writes them small.
      expected.token_type = kept.token_type
      assert.match(kept.token_type, /^bearer$/i)
      assert.deepEqual({ ...kept, ...expected }, kept)
      assert.equal(kept.type, framework.oauth(provider.client()).type)
      assert.equal(kept.userId, sandbox.people.findByEmail(GRACE.email).id)
      const late = kept.expires_at - (before + lifetime)
      assert.ok(late >= 0 && late < 10, `expires_at ${kept.expires_at}`)
    })
  }
}

function whatAnOutageDoes(framework, strategy) {
  const { errors } = framework

  it('makes nothing of a new person while the Partner API is down', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy)
    const outage = sandbox.inject({ type: 'status', status: 503 })
    const visit = open()

    assert.equal(await visit.signInWith(provider), errors.apiDown)
    assert.equal(await visit.person(), undefined)
    outage.remove()

    assert.equal(sandbox.people.findByEmail(GRACE.email), null)
    assert.equal(await adapter.getUserByAccount(accountAt(provider, GRACE)), null)
    assert.equal(await visit.signInWith(provider), undefined, 'later it works')
    assert.equal((await visit.person()).email, GRACE.email)
  })

  it('lets a new person in when the answer to making the sub-account is lost', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy)
    sandbox.inject({ route: 'create', when: 'after', type: 'reset', times: 1 })
    const before = sandbox.people.all().length
    const visit = open()

    assert.equal(await visit.signInWith(provider), undefined)

    assert.equal((await visit.person()).id, sandbox.people.findByEmail(GRACE.email).id)
    assert.equal(sandbox.people.all().length, before + 1)
  })

  it('lets a new person in whose sub-account cannot be read right after it was made', async (t) => {
    const { open, sandbox, provider } = await startWithProvider(t, framework, strategy)
    const before = sandbox.people.all().length
    const outage = sandbox.inject({ route: 'fetch', type: 'status', status: 503 })
    await open().signInWith(provider)
    outage.remove()
    const later = open()

    assert.equal(await later.signInWith(provider), undefined)

    assert.equal((await later.person()).id, sandbox.people.findByEmail(GRACE.email).id)
    assert.equal(sandbox.people.all().length, before + 1)
  })

  it('keeps a linked person linked through an outage', async (t) => {
    const { open, sandbox, adapter, provider } = await startWithProvider(t, framework, strategy, {
      adapter: FORGETFUL,
    })
    await open().signInWith(provider)
    const { id } = sandbox.people.findByEmail(GRACE.email)
    const outage = sandbox.inject({ type: 'reset' })
    const visit = open()

    assert.equal(await visit.signInWith(provider), errors.apiDown)
    assert.equal(await visit.person(), undefined)
    outage.remove()

    assert.equal((await adapter.getUserByAccount(accountAt(provider, GRACE))).id, id)
    assert.equal(await visit.signInWith(provider), undefined)
    assert.equal((await visit.person()).id, id)
  })
}
