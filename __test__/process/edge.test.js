'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')

const edge = require('../../lib/edge.js')
const whole = require('../..')

const { exports: faces } = require('../../package.json')

/** What bundlers for edge runtimes and browsers ask for. */
const CONDITIONS = ['edge-light', 'workerd', 'browser']

describe('where native addons cannot be loaded', () => {
  test('the package has the same names', () => {
    assert.deepEqual(Object.keys(edge).sort(), Object.keys(whole).sort())
  })

  test('bundlers find that part of the package before the native one, under each path', () => {
    for (const face of ['.', './partner', './user']) {
      const conditions = Object.keys(faces[face])
      assert.equal(conditions.at(-1), 'default')
      for (const condition of CONDITIONS) assert.equal(faces[face][condition], './lib/edge.js')
    }
  })

  test('each name but the error says to use the Node runtime, and none says so before it is used', () => {
    const { ChatBotKitError, ...others } = edge
    assert.equal(ChatBotKitError, whole.ChatBotKitError)
    for (const [name, value] of Object.entries(others)) {
      const isClass = value.prototype !== undefined
      const refused = { name: 'ChatBotKitError', code: 'ERR_RUNTIME', retryable: false }
      assert.throws(() => (isClass ? new value() : value({})), refused, name)
      assert.throws(
        () => (isClass ? new value() : value({})),
        new RegExp(`^${refused.name}: ${name} needs the Node.js runtime`),
      )
    }
    assert.throws(() => edge.MemoryStore.shared(), { code: 'ERR_RUNTIME' })
  })

  test('in jsdom, which takes the part for browsers, it speaks of the test environment', async () => {
    const { run } = await import('../../testing/child.mjs')
    const { answer } = await run((_, answer) => {
      const userAgent = 'Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/26.1.0'
      Object.defineProperty(globalThis, 'navigator', { value: { userAgent } })
      try {
        require('./lib/edge.js').ChatBotKitPartnerAdapter({})
      } catch ({ code, message }) {
        answer({ code, message })
      }
    })
    assert.equal(answer.code, 'ERR_RUNTIME')
    assert.match(answer.message, /testEnvironment: 'node'/)
    assert.doesNotMatch(answer.message, /middleware/)
  })

  test('nothing of Node is loaded', async () => {
    const { run } = await import('../../testing/child.mjs')
    const { answer } = await run((_, answer) => {
      require('./lib/edge.js')
      const sources = Object.keys(require.cache).map((file) =>
        require('node:fs').readFileSync(file, 'utf8'),
      )
      answer(sources.filter((source) => /require\('node:/.test(source)).length)
    })
    assert.equal(answer, 0)
  })
})
