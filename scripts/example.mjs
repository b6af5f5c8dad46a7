/**
 * `npm run example NAME`: an example application, from a fresh clone to a sign-in page, with the
 * sandbox in the place of the API unless CHATBOTKIT_API_SECRET is set.
 *
 *     npm run example nextjs-authjs
 *     npm run example nextjs-authjs -- --port 4000
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { installExample } from './examples.mjs'
import { main, prepare, ROOT } from './setup.mjs'

const SANDBOX_SECRET = 'sandbox-secret'

/** Who is in the sandbox from the start, as a sub-account and as a contact. */
const KNOWN_PERSON = { email: 'ada@example.com', name: 'Ada Lovelace' }

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '3000' } },
  })
  return { name: positionals[0] ?? '', port: values.port }
}

async function startSandbox() {
  const { createSandbox } = await import('../sandbox/index.js')
  const { email } = KNOWN_PERSON
  const sandbox = createSandbox({
    secret: SANDBOX_SECRET,
    users: [{ ...KNOWN_PERSON, meta: { plan: 'Pro' } }],
    contacts: [{ ...KNOWN_PERSON, verifiedAt: Date.now(), meta: { email } }],
  })
  const { url } = await sandbox.listen()
  console.log(`> A sandbox stands in for the API; ${email} is in it`)
  return { CHATBOTKIT_API_SECRET: SANDBOX_SECRET, CHATBOTKIT_BASE_URL: url }
}

function settings(port) {
  const secret = randomBytes(32).toString('hex')
  const origin = `http://localhost:${port}`
  return { AUTH_SECRET: secret, NEXTAUTH_SECRET: secret, AUTH_URL: origin, NEXTAUTH_URL: origin }
}

await main(async () => {
  const { name, port } = readArguments()
  prepare({ packages: [], folders: [ROOT] })
  const folder = installExample(name)
  const api = process.env.CHATBOTKIT_API_SECRET ? {} : await startSandbox()
  console.log('> Codes are printed here. Ctrl+C ends.')
  const child = spawn('npm', ['run', '--silent', 'dev'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: {
      ...{ NODE_ENV: 'development', NEXT_TELEMETRY_DISABLED: '1' },
      ...settings(port),
      ...process.env,
      ...api,
      PORT: port,
    },
  })
  // Ctrl+C reaches both; what it ends with is the application's.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 0))
})
