'use strict'

const assert = require('node:assert/strict')

/**
 * Keys as the adapter's may be: printable ASCII without spaces. Databases compare without regard to
 * case, patterns match, paths are normalised, and separators are folded.
 */
const KEYS = [
  ...['a', 'A', 'aa', 'a:', ':a', 'a:b', 'a::b', 'a:b:', 'a/b', 'a\\b', 'a//b', 'a.b', 'a..b'],
  ...['../a', './a', 'a?b', 'a?c', 'a#b', 'a%b', 'a%3Ab', 'a_b', 'a-b', 'a*', '*', '[a]', '{a}b'],
  ...["a'b", 'a"b', 'a`b', "';--", 'a$', '$a', '@a', 'a|b', 'a,b', 'a;b', 'a&b=c', '<a>', '~a'],
  ...['__proto__', 'constructor', 'toString', 'null', '0', '-1', '1e3'],
]

const LONGEST = 'k'.repeat(150)

module.exports = [
  {
    name: 'keys: those that look alike are kept apart',
    async run(subject) {
      const [store, other] = [await subject.open(), await subject.open()]
      const put = KEYS.map((name) => store.set(subject.key(name), { name }))
      await Promise.all(put)
      const found = await Promise.all(KEYS.map((name) => other.get(subject.key(name))))
      assert.deepEqual(
        found,
        KEYS.map((name) => ({ name })),
      )
      await store.del(subject.key('a'))
      const rest = await Promise.all(KEYS.slice(1).map((name) => other.get(subject.key(name))))
      assert.deepEqual(
        rest,
        KEYS.slice(1).map((name) => ({ name })),
      )
    },
  },
  {
    name: 'keys: long ones are not cut off',
    async run(subject) {
      const store = await subject.open()
      await store.set(subject.key(`${LONGEST}1`), { a: 1 })
      await store.set(subject.key(`${LONGEST}2`), { a: 2 })
      assert.deepEqual(await store.get(subject.key(`${LONGEST}1`)), { a: 1 })
    },
  },
]
