// Values that nobody expects, the same ones for the same seed.

/** A generator of numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const TEXTS = [
  ...['', ' ', '0', 'null', '{}', '[]', '"', '\0', '\r\n', 'a\0b', '../..', '%00', '%2e%2e', '?#'],
  ...['(NAME)', '@ALIAS', 'cada', 'ada@example.com', 'ADA@EXAMPLE.COM ', '{x}', '{x', 'x}', '*'],
  ...[
    '\ud800',
    '\udc00a',
    '\u202e',
    '\ufeff',
    'ß',
    'İ',
    'ﬀ',
    '👩‍👩‍👧',
    '\u0000\uffff',
    'x'.repeat(65_536),
  ],
  ...['__proto__', 'constructor', 'toJSON', 'then', '1e999', '-0', '9'.repeat(400), '[1,2,3]'],
  '['.repeat(5_000),
  'https://user:secret@127.0.0.1:1/?a=b#c',
]

const NUMBERS = [
  ...[0, -0, 1, -1, 0.5, Number.NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63],
  ...[Number.MAX_VALUE, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER, -(2 ** 63), 8.64e15, -8.64e15],
]

const fail = () => {
  throw new Error('hostile')
}

const ODD = [
  () => undefined,
  () => null,
  () => true,
  () => 10n ** 400n,
  () => Symbol('hostile'),
  () => fail,
  () => new Date(Number.NaN),
  () => new Date(8.64e15),
  () => new Date(-8.64e15),
  () => new Map([['email', 'x']]),
  () => new Proxy({}, { get: fail }),
  () => new Proxy({}, { get: () => 'x', ownKeys: fail }),
  () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  () => ({ toJSON: fail }),
  () => ({ toJSON: () => undefined }),
  () => ({ toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail }),
  () => Object.create(null),
  () => new Uint8Array(16),
  () => Object('boxed'),
  () => {
    const circular = {}
    circular.self = circular
    return circular
  },
  () => {
    let deep = {}
    for (let n = 0; n < 20_000; n += 1) deep = { deep }
    return deep
  },
  () =>
    Promise.reject(new Error('hostile'))
      .catch(fail)
      .catch(() => {}),
  () => Array(1_000).fill(Array(10).fill('x')),
]

/** @param {() => number} random */
export function hostileValues(random, names) {
  const pick = (all) => all[Math.floor(random() * all.length)]

  /** A record that looks like what is expected, with a surprise in some of its members. */
  function record(depth) {
    const wanted = names.filter(() => random() < 0.5)
    const entries = wanted.map((name) => [name, value(depth + 1)])
    return Object.fromEntries(entries)
  }

  function value(depth = 0) {
    const kind = random()
    if (kind < 0.35) return pick(TEXTS)
    if (kind < 0.5) return pick(NUMBERS)
    if (kind < 0.6) return new Date(Date.now() + pick([60_000, 0, -1, 1e13]))
    if (kind < 0.8 || depth > 2) return pick(ODD)()
    if (kind < 0.85) return Array.from({ length: Math.floor(random() * 5) }, () => value(depth + 1))
    return record(depth)
  }

  return { pick, record: () => record(0), value }
}

/** Makes calls, so many at once, over and over for `duration` milliseconds. @returns how many */
export async function callFor(duration, atOnce, call) {
  let calls = 0
  const end = performance.now() + duration
  while (performance.now() < end) {
    await Promise.all(Array.from({ length: atOnce }, call))
    calls += atOnce
  }
  return calls
}
