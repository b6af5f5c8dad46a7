/**
 * Commands through redis-cli, as people type them.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * @param {{ port: number, socket?: string, tls?: import('../certificates.mjs').Certificates }} server
 *   where it listens on loopback
 * @param {string | undefined} password
 * @param {(string | number)[]} args options of redis-cli, then the command
 * @returns {Promise<string>} what redis-cli prints, without the last line break
 * @throws {Error} for an error reply
 */
export async function redisCli({ port, socket, tls }, password, args) {
  const address = socket ? ['-s', socket] : ['-h', '127.0.0.1', '-p', String(port)]
  // In the environment: redis-cli warns about passwords among its arguments.
  const env = { ...process.env, ...(password ? { REDISCLI_AUTH: password } : {}) }
  const command = ['-e', ...address, ...(tls ? asClient(tls) : []), ...args.map(String)]
  const { stdout } = await run('redis-cli', command, { env })
  return stdout.replace(/\n$/, '')
}

function asClient({ ca, client }) {
  const identity = ['--cert', client.certificate.path, '--key', client.key.path]
  return ['--tls', '--cacert', ca.path, ...identity]
}
