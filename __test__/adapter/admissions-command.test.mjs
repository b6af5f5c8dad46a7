import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { SqliteStore } from '../../index.js'
import { ROOT } from '../../testing/child.mjs'
import { CONTACTS, DIRECTORIES, startDirectory } from '../../testing/directories.mjs'
import { settle } from '../../testing/outcomes.mjs'
import { EVE } from '../../testing/people.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'

const COMMAND = path.join(ROOT, 'bin', 'chatbotkit-nextauth.js')

/** An application whose store is a file, and the command with the same environment. */
async function start(t, directory) {
  const sandbox = await startDirectory(t, directory, {})
  const file = path.join(temporaryFolder(t), 'auth.db')
  const store = new SqliteStore({ path: file })
  t.after(() => store.close())
  const reach = { secret: sandbox.secret, baseUrl: sandbox.url }
  const adapter = directory.createAdapter({ ...reach, store, autoCreateUser: 'approval' })
  const env = {
    PATH: process.env.PATH,
    CHATBOTKIT_API_SECRET: sandbox.secret,
    CHATBOTKIT_BASE_URL: sandbox.url,
    DATABASE_URL: `file:${file}`,
  }
  const kind = directory === CONTACTS ? ['--contacts'] : []
  const command = (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [COMMAND, ...args, ...kind], { env }, (error, stdout, stderr) => {
        resolve({ status: error?.code ?? 0, stdout, stderr })
      })
    })
  return { adapter, sandbox, command }
}

const comeIn = (adapter) => adapter.createUser({ ...EVE, emailVerified: new Date() })

for (const directory of DIRECTORIES) {
  describe(`the commands that decide who may come in, where people are ${directory.name}`, () => {
    test('list a request and approve it', async (t) => {
      const { adapter, sandbox, command } = await start(t, directory)
      assert.equal((await command('requests')).stdout, 'Nobody has asked to come in\n')
      assert.equal(await settle(comeIn(adapter)), 'ERR_APPROVAL_PENDING')
      assert.match((await command('requests')).stdout, /^\d{4}-\S+Z {2}eve@example\.com\n$/)
      const approved = await command('approve', EVE.email, '--name', 'Eve', '--meta', '{"tier":1}')
      const { id, name, meta } = sandbox.people.findByEmail(EVE.email)
      assert.deepEqual(approved, {
        status: 0,
        stdout: `Approved: ${EVE.email} is ${id}\n`,
        stderr: '',
      })
      assert.deepEqual([name, meta.tier], ['Eve', 1])
      const again = await command('approve', EVE.email)
      assert.equal(again.status, 1)
      assert.match(again.stderr, /nobody with that address has asked to come in/)
    })

    test('reject, invite, list and withdraw', async (t) => {
      const { adapter, command } = await start(t, directory)
      await settle(comeIn(adapter))
      assert.equal((await command('reject', EVE.email)).stdout, `Rejected: ${EVE.email}\n`)
      const none = await command('reject', EVE.email)
      assert.deepEqual([none.status, none.stdout], [1, `There is none of ${EVE.email}\n`])
      const { stdout } = await command('invite', EVE.email, '--expires-in', '60')
      assert.match(stdout, /^Invited: eve@example\.com, until \S+Z\n$/)
      const [invitation] = JSON.parse((await command('invitations', '--json')).stdout)
      assert.equal(invitation.email, EVE.email)
      assert.equal((await command('withdraw', EVE.email)).stdout, `Withdrawn: ${EVE.email}\n`)
      assert.equal(await settle(comeIn(adapter)), 'ERR_APPROVAL_PENDING')
    })

    test('refuse what nobody means', async (t) => {
      const { command } = await start(t, directory)
      for (const args of [['approve'], ['invite', 'a@b.co', '--meta', '[]'], ['requests', 'x']]) {
        assert.equal((await command(...args)).status, 2, args.join(' '))
      }
      for (const args of [
        ['invite', 'nobody'],
        ['invite', 'a@b.co', '--expires-in', 'soon'],
      ]) {
        assert.equal((await command(...args)).status, 1, args.join(' '))
      }
    })
  })
}
