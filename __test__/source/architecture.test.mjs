/**
 * The sources are laid out as docs/architecture.md says.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DOCUMENT = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')

/** How many stops a walk has at most. */
const STOPS = 12

/** How many lines a file has at most. */
const LINES = 300

/** The walks: what each is about, and the files of its stops. */
function walks() {
  const [, section] = /\n## Three walks\n(.*?)\n## /s.exec(DOCUMENT)
  const walk = /\n([^\n]+):\n\n((?:\d+\. [^\n]+\n)+)/g
  return [...section.matchAll(walk)].map(([, value, list]) => ({
    value,
    stops: list
      .trim()
      .split('\n')
      .map((stop) => [...stop.matchAll(/`([\w./-]+\/[\w.-]+)`/g)].map(([, file]) => file)),
  }))
}

describe('docs/architecture.md', () => {
  test('walks three values through the house', () => assert.equal(walks().length, 3))

  for (const { value, stops } of walks()) {
    test(`${value}: at most ${STOPS} stops, each file once, and all are there`, () => {
      assert.ok(stops.length <= STOPS, `${stops.length} stops`)
      const files = stops.flat()
      assert.ok(stops.every((it) => it.length > 0))
      assert.equal(new Set(files).size, files.length)
      assert.deepEqual(
        files.filter((file) => !existsSync(join(ROOT, file))),
        [],
      )
    })
  }

  test('names no file that is not there', () => {
    const named = [...DOCUMENT.matchAll(/`((?:src|lib|scripts|testing|tests|__test__)\/[^`*]+)`/g)]
    const missing = named.map(([, file]) => file).filter((file) => !existsSync(join(ROOT, file)))
    assert.deepEqual(missing, [])
  })
})

test(`no file under src/ and lib/ has more than ${LINES} lines`, () => {
  for (const folder of ['src', 'lib']) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath ?? entry.path, entry.name)
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length
      assert.ok(lines <= LINES, `${file}: ${lines} lines`)
    }
  }
})
