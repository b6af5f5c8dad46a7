/**
 * Whether an operation costs more when more is stored, or when more people sign in at once.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { ask, startRedis } from '../testing/redis/servers.mjs'
import { compare } from './compare.mjs'

const PREFIX = 'chatbotkit:nextauth:'

/** How many records are written at once. */
const CHUNK = 2_000

/**
 * Measures the reading of sessions and the life of codes with ever more of both in Redis: in a server
 * each, so that they take turns like everything else.
 *
 * @param {object} subject
 * @param {object} subject.redis where the adapter has written records that can be copied
 * @param {(server: object) => Promise<object>} subject.start starts a side over a Redis
 * @returns {Promise<object[]>} cases of `compare`, each with how many were `stored`
 */
export async function againstStored({ redis, start, sizes, options }) {
  const texts = await sampleRecords(redis)
  const [servers, sides] = [[], {}]
  for (const size of sizes) {
    const server = await startRedis()
    await store(server, texts, size)
    servers.push(server)
    sides[size] = await start(server)
  }
  const operations = ['getSessionAndUser', 'code']
  const cases = await compare(sides, { ...options, operations, concurrencies: [64] })
  for (const side of Object.values(sides)) await side.stop()
  for (const server of servers) await server.stop()
  return cases.flatMap(({ operation, concurrency, sides, rounds }) =>
    sizes.map((stored) => ({
      operation,
      concurrency,
      stored,
      sides: { adapter: sides[stored] },
      rounds: rounds.map((round) => ({ adapter: round[stored] })),
    })),
  )
}

/** Measures whole sign-ins, ever more at once. */
export function againstSignIns({ sides, concurrencies, options }) {
  return compare(sides, { ...options, operations: ['signIn'], concurrencies })
}

/** The texts of a session and a code, as the adapter wrote them. */
async function sampleRecords(redis) {
  const sample = async (kind) => {
    let cursor = '0'
    do {
      const [next, keys] = await ask(redis, 'SCAN', cursor, 'MATCH', `${PREFIX}${kind}:*`)
      if (keys.length > 0) return ask(redis, 'GET', keys[0])
      cursor = next
    } while (cursor !== '0')
    throw new Error(`There is no ${kind} to copy`)
  }
  return { session: await sample('session'), codes: await sample('codes') }
}

async function store(redis, texts, count) {
  const socket = connect(redis.port, '127.0.0.1')
  for (let made = 0; made < count; made += CHUNK) {
    const some = Math.min(CHUNK, count - made)
    const commands = Object.entries(texts).flatMap(([kind, text]) =>
      Array.from({ length: some }, () => set(`${PREFIX}${kind}:${digest()}`, text)),
    )
    socket.write(commands.join(''))
    await answers(socket, commands.length)
  }
  socket.destroy()
}

function set(key, text) {
  const words = ['SET', key, text, 'PX', '3600000']
  return `*${words.length}\r\n${words.map((it) => `$${Buffer.byteLength(it)}\r\n${it}\r\n`).join('')}`
}

/** Each of them is `+OK\r\n`. */
async function answers(socket, count) {
  for (let bytes = 0; bytes < count * 5; ) {
    const [chunk] = await once(socket, 'data')
    if (chunk.includes('-')) throw new Error(`Redis refused a record: ${chunk}`)
    bytes += chunk.length
  }
}

const digest = () => randomBytes(32).toString('base64url')
