import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { failure } from '../../testing/outcomes.mjs'
import { postgresFor } from '../../testing/postgres/postgres.mjs'
import { temporaryFolder } from '../../testing/processes.mjs'
import { storeFor } from './postgres-calls.mjs'

/** What a value has more than, and a disk has room for a few of, in bytes. */
const LARGE = 100_000
const DISK = '1m'
const LARGER_DISK = '16m'

/** A small disk that is PostgreSQL's, where one can be mounted. */
function mountDisk(t) {
  const folder = temporaryFolder('disk')
  const owner = process.getuid() === 0 ? ['postgres'] : []
  try {
    const uid = execFileSync('id', ['-u', ...owner], { encoding: 'utf8' }).trim()
    const options = `size=${DISK},mode=700,uid=${uid}`
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    return undefined
  }
  t.after(() => execFileSync('umount', ['-l', folder]))
  return folder
}

test('a PostgreSQL whose disk is full says so, loses nothing, and takes writes again', {
  skip: process.platform !== 'linux' && 'mounts are those of Linux',
}, async (t) => {
  const folder = mountDisk(t)
  if (!folder) return t.skip('no file system can be mounted')
  const postgres = await postgresFor(t)
  const store = storeFor(t, { url: postgres.url })
  const value = { text: randomBytes(LARGE).toString('hex') }
  await store.set('first', value)
  await postgres.sql(`CREATE TABLESPACE small LOCATION '${folder}'`)
  await postgres.sql('ALTER TABLE chatbotkit_nextauth SET TABLESPACE small')

  const keys = Array.from({ length: 10 }, (_, number) => `filling ${number}`)
  const fill = async () => {
    for (const key of keys) await store.set(key, value)
  }
  await assert.rejects(
    fill(),
    failure('ERR_STORE', { message: /53100: its disk is full/, retryable: true }),
  )
  assert.deepEqual(await store.get('first'), value)

  execFileSync('mount', ['-o', `remount,size=${LARGER_DISK}`, folder])
  await fill()
  await store.set('last', value)
  assert.deepEqual([await store.get('first'), await store.get('last')], [value, value])
})
