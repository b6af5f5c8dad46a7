import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { ROOT } from '../../testing/child.mjs'
import { ADA } from '../../testing/people.mjs'
import { fingerprintOf, madeByJavaScript, plant, start } from './subject.mjs'

const COMMAND = path.join(ROOT, 'bin', 'chatbotkit-nextauth.js')

const { email } = ADA

/** Runs the command with nothing in its environment but what reaches the sandbox. */
function repair({ secret, url }, args = [], environment = {}) {
  const env = {
    ...{ PATH: process.env.PATH, CHATBOTKIT_API_SECRET: secret, CHATBOTKIT_BASE_URL: url },
    ...environment,
  }
  return new Promise((resolve) => {
    const all = [COMMAND, 'repair-contacts', ...args]
    execFile(process.execPath, all, { env }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr })
    })
  })
}

/** A contact as `updateUser` of the JavaScript package leaves it. */
function emptied(fields) {
  return { ...madeByJavaScript(email), name: '', meta: { email: '', image: '' }, ...fields }
}

describe('repair-contacts', () => {
  test('says what it would do and changes nothing', async (t) => {
    const { sandbox } = await start(t)
    const [one, two] = [1, 2].map((createdAt) => sandbox.contacts.add(emptied({ createdAt })))
    const before = sandbox.contacts.all()
    const { status, stdout, stderr } = await repair(sandbox)
    assert.deepEqual([status, stderr], [0, ''])
    assert.deepEqual(stdout.split('\n'), [
      `Would repair ${one.id}: meta.email is "${email}"`,
      `Would repair ${two.id}: meta.email is "${email}"`,
      `"${email}" has several, the one that is preferred first: ${one.id}, ${two.id}`,
      '2 contacts read; no look-up finds 2, to be repaired with --write',
      'People with several contacts: 1',
      '',
    ])
    assert.deepEqual(sandbox.contacts.all(), before)
    assert.deepEqual(
      sandbox.requests.map(({ method }) => method),
      ['GET', 'GET'],
    )
  })

  test('puts addresses back, after which the person it names signs in', async (t) => {
    const { adapter, sandbox } = await start(t)
    sandbox.contacts.add(emptied({ createdAt: 1 }))
    const meta = { email: '', plan: 'free' }
    const verified = sandbox.contacts.add(emptied({ createdAt: 2, verifiedAt: 5, meta }))
    assert.equal(await adapter.getUserByEmail(email), null)
    const { status, stdout } = await repair(sandbox, ['--write'])
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`preferred first: ${verified.id},`))
    assert.match(stdout, /no look-up finds 2, repaired 2/)
    assert.equal((await adapter.getUserByEmail(email)).id, verified.id)
    assert.deepEqual(sandbox.contacts.get(verified.id).meta, { email, plan: 'free' })
    const again = await repair(sandbox, ['--write'])
    assert.match(again.stdout, /2 contacts read; no look-up finds 0/)
  })

  test('names the contact with the adapter’s fingerprint first', async (t) => {
    const { adapter, sandbox } = await start(t)
    sandbox.contacts.add({ ...madeByJavaScript(email), createdAt: 1, verifiedAt: 5 })
    const fingerprint = fingerprintOf(email)
    const ours = sandbox.contacts.add({ ...madeByJavaScript(email), createdAt: 2, fingerprint })
    const { stdout } = await repair(sandbox)
    assert.match(stdout, new RegExp(`preferred first: ${ours.id},`))
    assert.equal((await adapter.getUserByEmail(email)).id, ours.id)
  })

  test('leaves alone what visitors planted, and contacts without an address', async (t) => {
    const { sandbox } = await start(t)
    await plant(sandbox, { email, meta: { email: '' } })
    sandbox.contacts.add({ email: null, meta: { email: '' }, verifiedAt: 5 })
    sandbox.contacts.add({ ...madeByJavaScript(email), meta: { plan: 'free' } })
    const before = sandbox.contacts.all()
    const { stdout } = await repair(sandbox, ['--write'])
    assert.equal(
      stdout,
      '3 contacts read; no look-up finds 0, repaired 0\nPeople with several contacts: 0\n',
    )
    assert.deepEqual(sandbox.contacts.all(), before)
  })

  test('goes on when one cannot be repaired, and says so at the end', async (t) => {
    const { sandbox } = await start(t)
    const [one, two] = [1, 2].map((createdAt) => sandbox.contacts.add(emptied({ createdAt })))
    const message = `no ${sandbox.secret} \u001b[31m`
    sandbox.inject({
      ...{ route: 'contact/update', type: 'status', status: 404, code: 'NOT_FOUND', message },
      ...{ times: 1 },
    })
    const { status, stdout, stderr } = await repair(sandbox, ['--write'])
    assert.equal(status, 1)
    assert.match(
      stdout,
      new RegExp(`Could not repair ${one.id}: .* 404 NOT_FOUND no \\*\\*\\* \\[31m`),
    )
    assert.match(stdout, /no look-up finds 2, repaired 1/)
    assert.match(stderr, /1 contacts could not be repaired/)
    assert.equal(sandbox.contacts.get(two.id).meta.email, email)
  })

  test('with --all makes found whom another program left out', async (t) => {
    const { adapter, sandbox } = await start(t)
    const { id } = sandbox.contacts.add({ email: 'Ada@Example.com', verifiedAt: 5, meta: { a: 1 } })
    assert.match((await repair(sandbox, ['--write'])).stdout, /no look-up finds 0/)
    assert.equal(await adapter.getUserByEmail(email), null)
    assert.match((await repair(sandbox, ['--write', '--all'])).stdout, /finds 1, repaired 1/)
    assert.equal((await adapter.getUserByEmail(email)).id, id)
    assert.deepEqual(sandbox.contacts.get(id).meta, { a: 1, email })
  })

  test('ends when the API goes round in circles', async (t) => {
    const { sandbox } = await start(t)
    const json = { items: [sandbox.contacts.add(emptied())], cursor: 'c1' }
    sandbox.inject({ route: 'contact/export', type: 'body', json })
    const { status, stderr } = await repair(sandbox)
    assert.equal(status, 1)
    assert.match(stderr, /goes round in circles/)
  })

  test('reads all pages', async (t) => {
    const { sandbox } = await start(t)
    for (let n = 0; n < 250; n += 1) sandbox.contacts.add(emptied({ email: `${n}@example.com` }))
    const { stdout } = await repair(sandbox, ['--write'])
    assert.match(
      stdout,
      /250 contacts read; no look-up finds 250, repaired 250\nPeople with several contacts: 0/,
    )
    for (const { email: address, meta } of sandbox.contacts.all()) {
      assert.equal(meta.email, address)
    }
  })

  test('says what is wrong, and never the secret', async (t) => {
    const { sandbox } = await start(t)
    const wrong = [
      [[], { CHATBOTKIT_API_SECRET: '' }, 2, /No secret: set CHATBOTKIT_API_SECRET/],
      [['--base-url', 'nowhere'], {}, 2, /has to begin with https/],
      [[], { CHATBOTKIT_API_SECRET: 'wrong-secret' }, 1, /answered 401 NOT_AUTHENTICATED/],
      [['--base-url', 'http://127.0.0.1:9'], {}, 1, /127\.0\.0\.1:9 could not be asked/],
      [['--nope'], {}, 2, /Unknown option '--nope'/],
      [['more'], {}, 2, /Unexpected argument: more/],
    ]
    for (const [args, environment, status, message] of wrong) {
      const result = await repair(sandbox, args, environment)
      assert.equal(result.status, status, result.stderr)
      assert.match(result.stderr, message)
      assert.equal(result.stdout, '')
      assert.ok(!result.stderr.includes('wrong-secret'))
    }
  })
})
