'use strict'

const { UsageError } = require('../arguments.js')

const HELP = `Usage: chatbotkit-nextauth copy-store FROM [TO] [options]

Copies what the adapter keeps (sessions, linked accounts, passkeys, codes) from
one store to another, with the lifetimes that remain. Nothing is written unless
--write is given. It can be stopped at any time and run again: what is in TO
already is passed over. Stop the application first. docs/stores.md tells more.

FROM and TO are one of these; without TO it is the store that the environment names:
  redis://…, rediss://…, unix://…   Redis or Valkey
  postgres://…                      PostgreSQL
  file:./auth.db, ./auth.db         SQLite
  https://…                         Vercel KV or Upstash; the token is taken from
                                    KV_REST_API_TOKEN or UPSTASH_REDIS_REST_TOKEN
  env:NAME                          the address in that variable, which no list of
                                    processes shows; with NAME_URL goes NAME_TOKEN

Options:
  --write                write to TO
  --overwrite            replace what is something else in TO; otherwise it stays
  --prefix TEXT          the keyPrefix of the adapter (default chatbotkit:nextauth:)
  --from-cluster         FROM is a cluster: addresses of some nodes, with commas between
  --to-cluster           TO is
  --from-key-prefix TEXT the keyPrefix of that store itself, if it has one
  --to-key-prefix TEXT
  --from-table NAME      the table, if it is not the default one
  --to-table NAME
  -h, --help             this text
`

const ARGUMENTS = ['FROM', 'TO']

const OPTIONS = {
  write: { type: 'boolean', default: false },
  overwrite: { type: 'boolean', default: false },
  prefix: { type: 'string', default: 'chatbotkit:nextauth:' },
  'from-cluster': { type: 'boolean' },
  'to-cluster': { type: 'boolean' },
  'from-key-prefix': { type: 'string' },
  'to-key-prefix': { type: 'string' },
  'from-table': { type: 'string' },
  'to-table': { type: 'string' },
}

/** How often FROM is read until nothing is found in it that is not in TO. */
const PASSES = 5

/** How many keys may fail while none succeeds. */
const FAILURES = 100

async function run({ write, overwrite, prefix, ...sides }, [from, to]) {
  const options = { prefix, writes: write, overwrites: overwrite }
  const stores = storesOf(from, to, sides, write)
  const progress = new Progress()
  const interrupt = () => progress.stop()
  process.once('SIGINT', interrupt)
  try {
    await copy(stores, options, progress)
  } finally {
    process.off('SIGINT', interrupt)
    await Promise.all(stores.map((store) => store.close?.()))
  }
}

function storesOf(from, to, sides, isWritten) {
  if (from === undefined) throw new UsageError('copy-store needs to know FROM which store')
  const { MemoryStore, storeFrom } = require('../../index.js')
  const { storeNamed } = require('../store-at.js')
  const of = (side) => ({
    cluster: sides[`${side}-cluster`],
    keyPrefix: sides[`${side}-key-prefix`],
    table: sides[`${side}-table`],
  })
  const source = storeNamed(from, 'FROM', of('from'), (path) => {
    throw new Error(`FROM: there is no file ${path}`)
  })
  if (to !== undefined) {
    const empty = isWritten ? undefined : () => new MemoryStore()
    return [source, storeNamed(to, 'TO', of('to'), empty)]
  }
  const extra = Object.keys(sides).find((name) => name.startsWith('to-'))
  if (extra) throw new UsageError(`--${extra} is about TO, which is not given`)
  return [source, storeFrom()]
}

async function copy(stores, options, progress) {
  const first = await pass(stores, options, progress)
  // What a server tells of its keys has gaps when it began anew meanwhile, or a cluster moved keys.
  for (let number = 2, latest = first; options.writes && latest.copied > 0; number += 1) {
    if (number > PASSES)
      throw new Error('FROM keeps changing: stop the application, and begin again')
    latest = await pass(stores, options, progress)
    first.copied += latest.copied
  }
  progress.end()
  process.stdout.write(`${report(first, options)}\n`)
  if (first.read === 0) throw new Error(`FROM has no keys that begin with ${options.prefix}`)
  if (first.failed > 0) throw new Error(`${first.failed} keys failed, the first: ${first.failure}`)
}

/** Goes through FROM once. */
async function pass([from, to], options, progress) {
  const { copySome } = require('../../lib/stores/copy-some.js')
  const all = { read: 0, copied: 0, same: 0, kept: 0, ended: 0, failed: 0 }
  let position = null
  do {
    if (progress.isStopped) throw stopped(all, 'It was stopped')
    const some = await copySome(from, to, position, options).catch((cause) => {
      throw stopped(all, cause.message, cause)
    })
    for (const name of ['copied', 'same', 'kept', 'ended', 'failed']) {
      all[name] += some[name]
      all.read += some[name]
    }
    all.failure ??= some.failure
    if (all.failed >= FAILURES && all.copied + all.same === 0) throw stopped(all, all.failure)
    progress.show(report(all, options))
    position = some.next
  } while (position !== null)
  return all
}

function stopped({ read, copied }, why, cause) {
  const where = `${read} keys were read and ${copied} copied`
  return new Error(`${why}\n${where} before that. Run it again to go on`, { cause })
}

function report({ read, copied, same, kept, ended, failed }, { writes }) {
  const done = writes ? 'copied' : 'to be copied with --write'
  return `${read} keys read: ${copied} ${done}, ${same} there already, ${kept} other in TO and kept, ${ended} ended, ${failed} failed`
}

/** What somebody sees who waits, and whether they still do. */
class Progress {
  isStopped = false

  show(line) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }

  /** After the keys that are under way. Whoever is in a hurry interrupts again. */
  stop() {
    this.isStopped = true
  }
}

module.exports = { ARGUMENTS, HELP, OPTIONS, run }
