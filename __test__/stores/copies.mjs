/**
 * Stores to copy from and to, what somebody has in one, and the command that copies.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { KVStore, PostgresStore, RedisStore, SqliteStore } from '../../index.js'
import { anotherAdapter } from '../../testing/adapter.mjs'
import { ROOT } from '../../testing/child.mjs'
import { startPostgres } from '../../testing/postgres/postgres.mjs'
import {
  guess,
  issueCode,
  nameOf,
  newAccount,
  newPasskey,
  newSession,
  redeem,
} from '../../testing/records.mjs'
import { startCluster, startRedis, startRestFront } from '../../testing/redis/servers.mjs'
import { newDatabase } from '../../testing/sqlite/database.mjs'

const COMMAND = join(ROOT, 'bin', 'chatbotkit-nextauth.js')

/** Prefixes with what a pattern of Redis, or a cluster, might take for something. */
const keyPrefix = (number, isSpread) => `${isSpread ? 'odd*' : '{odd*}'}[?]\\${number}:`

/**
 * A store on the command line.
 *
 * @typedef {object} Place
 * @property {string} address
 * @property {string[]} options without the side's name in front
 * @property {Record<string, string>} [env]
 * @property {() => import('../../index.js').Store} open
 */

/** One server of each kind, and new places in them. */
export async function startPlaces(after) {
  const [redis, cluster, postgres] = await Promise.all([
    startRedis(),
    startCluster({ replicas: 0 }),
    startPostgres(),
  ])
  const front = await startRestFront(redis)
  after(async () => {
    await front.stop()
    await Promise.all([redis.stop(), cluster.stop(), postgres.stop()])
  })
  let number = 0
  const prefixed = (place, StoreClass, options, isSpread) => {
    number += 1
    const whole = { ...options, keyPrefix: keyPrefix(number, isSpread) }
    return {
      ...place,
      options: [...place.options, '--key-prefix', whole.keyPrefix],
      open: () => new StoreClass(whole),
    }
  }
  return {
    servers: { redis, cluster, postgres, front },
    redis: () => prefixed({ address: redis.url, options: [] }, RedisStore, { url: redis.url }),
    cluster() {
      const nodes = cluster.nodes.slice(0, 2)
      const place = { address: nodes.join(','), options: ['--cluster'] }
      // Its keys are with all of the nodes.
      return prefixed(place, RedisStore, { nodes }, true)
    },
    sqlite() {
      const path = newDatabase()
      return { address: path, options: [], open: () => new SqliteStore({ path }) }
    },
    postgres() {
      number += 1
      const { url } = postgres
      const table = `copies_${number}`
      const open = () => new PostgresStore({ url, table })
      return { address: url, options: ['--table', table], open }
    },
    kv() {
      const { url, token } = front
      const place = { address: url, options: [], env: { KV_REST_API_TOKEN: token } }
      return prefixed(place, KVStore, { url, token })
    },
  }
}

/** A store of a place for one test. */
export function opened(t, place) {
  const store = place.open()
  t.after(() => store.close())
  return store
}

/** What the command is given for two places. */
export function argumentsOf(from, to, ...more) {
  const of = (side, { options }) => options.map((it) => it.replace(/^--/, `--${side}-`))
  return [from.address, to.address, ...of('from', from), ...of('to', to), ...more]
}

export const environmentOf = (...places) => Object.assign({}, ...places.map(({ env }) => env))

/** Starts the command. `ended` resolves with its exit status and what it printed. */
export function startCopy(args, env = {}) {
  const child = spawn(process.execPath, [COMMAND, 'copy-store', ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      printed[name] += text
    })
  }
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => resolve({ status, signal, ...printed }))
  })
  return { child, ended }
}

export const copy = (args, env) => startCopy(args, env).ended

/** The counts of a report. */
export function counts(stdout) {
  const words = ['read', 'copied', 'same', 'kept', 'ended', 'failed']
  const numbers = stdout.match(/\d+/g) ?? []
  assert.equal(numbers.length, words.length, stdout)
  return Object.fromEntries(words.map((word, index) => [word, Number(numbers[index])]))
}

/** Ada is signed in, has linked an account and a passkey, and has asked for a code. */
export async function signIn(sandbox, store) {
  const adapter = anotherAdapter(sandbox, { store })
  const { id, email } = await adapter.getUserByEmail('ada@example.com')
  const records = {
    session: newSession(id),
    account: newAccount(id),
    passkey: newPasskey(id),
    code: await issueCode(adapter, email),
  }
  await adapter.createSession(records.session)
  await adapter.linkAccount(records.account)
  await adapter.createAuthenticator(records.passkey)
  await guess(adapter, email, 2)
  return records
}

/** Asserts that Ada has all of it in another store, and that her guesses were not forgotten. */
export async function assertSignedIn(sandbox, store, { session, account, passkey, code }) {
  const adapter = anotherAdapter(sandbox, { store })
  const found = await adapter.getSessionAndUser(session.sessionToken)
  assert.deepEqual(found.session, session)
  const byAccount = await adapter.getUserByAccount(nameOf(account))
  assert.equal(byAccount.id, session.userId)
  const passkeys = await adapter.listAuthenticatorsByUserId(session.userId)
  assert.deepEqual(
    passkeys.map((it) => it.credentialID),
    [passkey.credentialID],
  )
  const { identifier } = code
  await guess(adapter, identifier, 2)
  assert.deepEqual(await redeem(adapter, code), code)
  assert.equal(await redeem(adapter, code), null)
  await adapter.deleteSession(session.sessionToken)
  assert.equal(await adapter.getSessionAndUser(session.sessionToken), null)
}
