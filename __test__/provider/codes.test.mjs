import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ChatBotKitEmailProvider, ChatBotKitError } from '../../index.js'

const PRINTABLE = Array.from({ length: 94 }, (_, n) => String.fromCharCode(0x21 + n)).join('')
const HEX = '0123456789abcdef'

function draw(options, count) {
  const provider = ChatBotKitEmailProvider(options)
  return Promise.all(Array.from({ length: count }, () => provider.generateVerificationToken()))
}

/**
 * Whether the counts are those of equally likely cells: Pearson's chi-square, by the
 * Wilson-Hilferty approximation a normal deviate. Beyond 6 means once in a thousand million runs.
 */
function assertEven(counts, cells, what) {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const expected = total / cells
  const missing = (cells - counts.size) * expected
  const square = [...counts.values()].reduce(
    (sum, it) => sum + (it - expected) ** 2 / expected,
    missing,
  )
  const freedom = cells - 1
  const spread = 2 / (9 * freedom)
  const deviate = (Math.cbrt(square / freedom) - (1 - spread)) / Math.sqrt(spread)
  assert.ok(
    Math.abs(deviate) < 6,
    `${what}: chi-square ${square} of ${freedom} degrees, ${deviate}`,
  )
}

function tally(items) {
  const counts = new Map()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

const refused = (error) => {
  assert.ok(error instanceof ChatBotKitError, `${error?.stack}`)
  assert.equal(error.code, 'ERR_INVALID_OPTION')
  return true
}

describe('codes', () => {
  test('are six hexadecimal characters by default', async () => {
    for (const code of await draw({}, 1_000)) assert.match(code, /^[0-9a-f]{6}$/)
  })

  test('have each character equally likely, at each place', async () => {
    for (const [alphabet, codeLength] of [
      [HEX, 6],
      ['0123456789', 7],
      ['ABCDEFGHJKMNPQRSTVWXYZ23456789', 8],
      [PRINTABLE, 4],
      ['ab', 20],
    ]) {
      const codes = await draw({ alphabet, codeLength }, 20_000)
      for (let place = 0; place < codeLength; place += 1) {
        assertEven(
          tally(codes.map((code) => code[place])),
          alphabet.length,
          `${alphabet}[${place}]`,
        )
      }
    }
  })

  test('have each pair of neighbours equally likely', async () => {
    const codes = await draw({}, 40_000)
    const pairs = codes.flatMap((code) => [0, 1, 2, 3, 4].map((at) => code.slice(at, at + 2)))
    assertEven(tally(pairs), 256, 'pairs')
  })

  test('have the first character of one independent of the last of the one before', async () => {
    const codes = await draw({}, 40_000)
    const pairs = codes.slice(1).map((code, n) => codes[n].at(-1) + code[0])
    assertEven(tally(pairs), 256, 'neighbours')
  })

  test('hardly ever come twice', async () => {
    const codes = await draw({ codeLength: 16 }, 20_000)
    assert.equal(new Set(codes).size, codes.length)
    // 24 bits: 20,000 draws meet about twelve times.
    const short = await draw({}, 20_000)
    assert.ok(short.length - new Set(short).size < 60)
  })

  test('have the length and the alphabet that were asked for', async () => {
    for (const [codeLength, alphabet] of [
      [5, HEX],
      [256, 'ab'],
      [7, '0123456789'],
      [20, 'xy'],
      [4, PRINTABLE],
      [100, '^]\\-['],
    ]) {
      for (const code of await draw({ codeLength, alphabet }, 50)) {
        assert.equal(code.length, codeLength)
        assert.ok([...code].every((letter) => alphabet.includes(letter)))
      }
    }
  })
})

describe('a weak or impossible code is refused when the provider is made', () => {
  test('below 20 bits', () => {
    for (const options of [
      { codeLength: 4 },
      { codeLength: 6, alphabet: '0123456789' },
      { codeLength: 19, alphabet: 'ab' },
      { codeLength: 3, alphabet: PRINTABLE },
    ]) {
      assert.throws(() => ChatBotKitEmailProvider(options), refused, JSON.stringify(options))
    }
  })

  test('and the message says what would do', () => {
    for (const [options, words] of [
      [{ codeLength: 6, alphabet: '0123456789' }, /at least 20 bits.* a codeLength of 7 is enough/],
      [{ codeLength: 1 }, /a codeLength of 5 is enough/],
      [{ codeLength: 19, alphabet: 'ab' }, /a codeLength of 20 is enough/],
      [{ codeLength: 6, alphabet: 'aab' }, /no safe code: (?!.*is enough)/],
    ]) {
      assert.throws(() => ChatBotKitEmailProvider(options), { message: words })
    }
  })

  test('with an alphabet that repeats itself, is too small or no printable ASCII', () => {
    for (const alphabet of [
      ...['', 'a', 'aa', 'aab', '0123456789abcdefF0', 'a b', 'a\nb', 'äöü', '🦊🐻', 'a\0b'],
      ...[null, 5, ['a', 'b'], {}, new String(HEX), () => HEX],
    ]) {
      assert.throws(
        () => ChatBotKitEmailProvider({ alphabet, codeLength: 64 }),
        refused,
        `${alphabet}`,
      )
    }
  })

  test('with a length that is none', () => {
    const lengths = [
      0,
      -1,
      1.5,
      257,
      65_536,
      2 ** 32 + 6,
      Number.NaN,
      Infinity,
      '6',
      null,
      [6],
      {},
      6n,
      true,
    ]
    for (const codeLength of lengths) {
      assert.throws(() => ChatBotKitEmailProvider({ codeLength }), refused, `${codeLength}`)
    }
  })
})
