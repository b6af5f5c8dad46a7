/** Runs programs to their end, or to the first line that says they are ready. */
import { spawn } from 'node:child_process'

/** What an installation may take, in milliseconds. */
const DEADLINE = 5 * 60_000

/** @returns {Promise<string>} what it printed; rejects with that when it does not end with 0 */
export function run(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, { cwd, env })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
    }
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(text)
      else reject(new Error(`${command} ${args.join(' ')}: ended with ${signal ?? code}\n${text}`))
    })
  })
}

/** The sandbox of an installed package, as its command starts it. */
export async function startSandbox(command) {
  const args = [command, 'sandbox', '--port', '0', '--quiet']
  const child = start(process.execPath, args, { timeout: 0 })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let text = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk
    if (/^Ctrl\+C/m.test(text)) break
  }
  const [, url] = /^CHATBOTKIT_BASE_URL=(\S+)$/m.exec(text) ?? []
  const [, secret] = /^CHATBOTKIT_API_SECRET=(\S+)$/m.exec(text) ?? []
  const close = async () => {
    child.kill()
    await ended
  }
  if (url && secret) return { url, secret, close }
  await close()
  throw new Error(`The sandbox did not start: ${text}`)
}

function start(command, args, { cwd, env, timeout = DEADLINE }) {
  // npm is a shell script on Windows.
  const shell = process.platform === 'win32' && command === 'npm'
  return spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  })
}
