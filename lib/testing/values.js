'use strict'

const assert = require('node:assert/strict')

/** Members that a database, a driver or a serialisation is known to change. */
const VALUES = {
  'texts that look like JSON': [
    '5',
    '1e3',
    '007',
    'true',
    'null',
    '"quoted"',
    '{"a":1}',
    '[1]',
    '{',
  ],
  'empty texts and spaces': ['', ' ', '\t\r\n'],
  'quotes and backslashes': ['\\', "'", '"', '`', '\\u0041', "'; --", '%s', '$1', '&'],
  'texts beyond ASCII': ['ünïcode', '☕', '𝒳', '\u2028', '\u200b', 'e\u0301', '\u00e9'],
  'control characters': ['\u0001', '\u001f', '\u007f'],
  'texts that look like dates': ['2030-01-01', new Date(0).toISOString()],
  numbers: [0, -1, 0.1, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  'null, true and false': [null, true, false],
  'nested and empty ones': [[], {}, [[null]], { a: { b: { c: [{}] } } }, { '': { ' ': 0 } }],
  'odd names': { 'a.b': 1, $c: 2, 10: 3, 9: 4, constructor: 5, __proto: 6, length: 7 },
}

module.exports = [
  {
    name: 'values: a key that was never set has none',
    async run(subject) {
      const store = await subject.open()
      assert.equal(await store.get(subject.key('never')), null)
    },
  },
  ...Object.entries(VALUES).map(([what, members]) => ({
    name: `values: ${what} come back as they went in`,
    async run(subject) {
      const [store, other] = [await subject.open(), await subject.open()]
      const key = subject.key('value')
      await store.set(key, { members })
      assert.deepEqual(await other.get(key), { members })
    },
  })),
  {
    name: 'values: a long one comes back whole',
    async run(subject) {
      const store = await subject.open()
      const value = { text: 'x'.repeat(200_000), list: Array.from({ length: 2_000 }, (_, n) => n) }
      await store.set(subject.key('long'), value)
      assert.deepEqual(await store.get(subject.key('long')), value)
    },
  },
  {
    name: 'values: set replaces, and leaves nothing of what was there',
    async run(subject) {
      const store = await subject.open()
      const key = subject.key('replaced')
      await store.set(key, { a: 1, b: 2 })
      await store.set(key, { b: 3 })
      assert.deepEqual(await store.get(key), { b: 3 })
    },
  },
  {
    name: 'values: del removes, and is content with nothing to remove',
    async run(subject) {
      const [store, other] = [await subject.open(), await subject.open()]
      const key = subject.key('removed')
      await store.set(key, { a: 1 })
      await other.del(key)
      assert.equal(await store.get(key), null)
      await store.del(key)
      await store.set(key, { a: 2 })
      assert.deepEqual(await other.get(key), { a: 2 })
    },
  },
]
