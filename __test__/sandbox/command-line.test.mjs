import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../../testing/child.mjs'
import { current } from './fresh-sandbox.mjs'

const CLI = path.join(ROOT, 'bin', 'chatbotkit-nextauth.js')
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))

describe('the command line', () => {
  // Windows has no signals: kill() ends the process at once there.
  const skip = process.platform === 'win32'

  test('prints lines for .env and a line per request, and ends cleanly on SIGINT and SIGTERM', {
    skip,
  }, async () => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      const cli = run(
        'sandbox',
        '--port',
        '0',
        '--secret',
        's3',
        '--seed',
        'a@b.co,c@d.co',
        '--generation',
        'user',
      )
      const base = (await cli.saw(/^CHATBOTKIT_BASE_URL=(http:\S+)$/m))[1]
      assert.match(cli.stdout, /^CHATBOTKIT_API_SECRET=s3$/m)
      const headers = { authorization: 'Bearer s3' }
      const { items } = await (await fetch(`${base}/v1/user/list`, { headers })).json()
      assert.deepEqual(
        items.map((item) => item.email),
        ['c@d.co', 'a@b.co'],
      )
      assert.equal((await fetch(`${base}/v1/partner/user/list`, { headers })).status, 404)
      await cli.saw(/GET \/v1\/user\/list 200 \d+ ms\n/)
      cli.child.kill(signal)
      assert.equal(await cli.exit, 0)
    }
  })

  test('--quiet prints no line per request', async () => {
    const cli = run('sandbox', '--port=0', '--quiet', '--latency', '10')
    const base = (await cli.saw(/^CHATBOTKIT_BASE_URL=(http:\S+)$/m))[1]
    await (await fetch(`${base}/v1/user/list`)).text()
    cli.child.kill('SIGTERM')
    await cli.exit
    assert.doesNotMatch(cli.stdout, /GET/)
  })

  test('--help and --version print and end', async () => {
    const [help, short] = [run('sandbox', '--help'), run('-h', 'sandbox')]
    assert.equal(await help.exit, 0)
    assert.equal(await short.exit, 0)
    assert.equal(short.stdout, help.stdout)
    const commands = run('--help')
    assert.equal(await commands.exit, 0)
    assert.match(commands.stdout, /^ {2}sandbox {2}.+\n {2}repair-contacts {2}/m)
    for (const option of ['port', 'host', 'secret', 'seed', 'generation', 'latency', 'quiet']) {
      assert.ok(help.stdout.includes(`--${option} `), option)
    }
    const shown = run('--version')
    assert.equal(await shown.exit, 0)
    assert.equal(shown.stdout, `${version}\n`)
  })

  test('wrong usage is told on stderr with exit code 2', async () => {
    const wrong = [
      [],
      ['serve'],
      ['sandbox', 'x'],
      ['sandbox', '--nope'],
      ['sandbox', '--port', 'x'],
      ['sandbox', '--port', '70000'],
      ['sandbox', '--latency', '-1'],
      ['sandbox', '--latency=-1'],
      ['sandbox', '--generation', 'v3'],
      ['sandbox', '--secret', ''],
      ['sandbox', '--quiet=1'],
      ['sandbox', '--seed', 'a@b.co,A@b.co'],
      ['sandbox', '--seed', 'nobody'],
      ['sandbox', '--lists-per-minute', '-1'],
      ['sandbox', '--max-users', 'x'],
    ]
    await Promise.all(
      wrong.map(async (args) => {
        const cli = run(...args)
        assert.equal(await cli.exit, 2, args.join(' '))
        assert.match(cli.stderr, /^chatbotkit-nextauth: .+\n.*--help/)
        assert.equal(cli.stdout, '')
      }),
    )
  })

  test('what is wrong is said in a sentence', async () => {
    const sentences = {
      '--latency -1': /--latency needs a value that does not begin with "-"/,
      '--seed a@b.co,A@b.co': /--seed names A@b.co twice/,
      '--seed nobody': /--seed: not an e-mail address: nobody/,
    }
    for (const [args, sentence] of Object.entries(sentences)) {
      const cli = run('sandbox', ...args.split(' '))
      assert.equal(await cli.exit, 2)
      assert.match(cli.stderr, sentence)
    }
  })

  test('a taken port is told with exit code 1', async () => {
    const cli = run('sandbox', '--port', new URL(current.url).port)
    assert.equal(await cli.exit, 1)
    const port = new URL(current.url).port
    assert.match(cli.stderr, new RegExp(`port ${port} is taken \\(EADDRINUSE\\).*--port`))
  })
})

function run(...args) {
  const child = spawn(process.execPath, [CLI, ...args])
  const cli = { child, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    cli.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    cli.stderr += chunk
  })
  cli.exit = new Promise((resolve) => child.once('close', resolve))
  cli.saw = async (pattern) => {
    for (const until = Date.now() + 5000; Date.now() < until; await sleep(10)) {
      const match = pattern.exec(cli.stdout)
      if (match) return match
    }
    throw new Error(`never saw ${pattern}: ${cli.stdout}${cli.stderr}`)
  }
  return cli
}
