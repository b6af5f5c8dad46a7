import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { newDatabase } from '../../testing/sqlite/database.mjs'

const SUITE = fileURLToPath(new URL('sqlite-process.mjs', import.meta.url))
const PROCESSES = 4

function runSuite(file) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, [SUITE], {
    env: { ...env, SQLITE_FILE: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, printed }))
  })
}

test(`${PROCESSES} processes that use one file at once keep all promises`, async (t) => {
  const file = newDatabase()
  const runs = await Promise.all(Array.from({ length: PROCESSES }, () => runSuite(file)))
  for (const { code, printed } of runs) {
    const failures = printed.match(/^ *not ok .*$/gm) ?? []
    assert.deepEqual([code, failures], [0, []], printed.slice(-20_000))
    const [, passed] = /^# pass (\d+)$/m.exec(printed) ?? []
    t.diagnostic(`${passed} tests passed in one of them`)
    assert.ok(Number(passed) > 50)
  }
})
