/**
 * What a record may be turned into by a broken disk, another version, or somebody who writes into
 * the store.
 */
const DEEP = 20_000

/** Of any record: its text before it is sealed, to what stands there instead. */
export const ANY = {
  'is empty': () => '',
  'is null': () => 'null',
  'is true': () => 'true',
  'is a number': () => '5',
  'is a text': () => '"text"',
  'is a list': () => '[]',
  'is an object of another kind': () => '{"a":1}',
  'is an empty object': () => '{}',
  'has lost its first byte': (text) => text.slice(1),
  'has lost its last byte': (text) => text.slice(0, -1),
  'has lost its second half': (text) => text.slice(0, text.length / 2),
  'has got a byte too many': (text) => `${text}}`,
  'stands there twice': (text) => text + text,
  'is no UTF-8': (text) => Buffer.concat([Buffer.from([0xff, 0xfe, 0]), Buffer.from(text)]),
  'has a NUL in it': (text) => text.replace(':', ':\0'),
  'has half a surrogate pair in it': (text) => text.replace(/"$|"}$/, '\\ud800"}'),
  'is bound to no key': (text) => JSON.stringify(JSON.parse(text).record ?? {}),
  'is bound to another key': (text) => text.replace(/^{"key":"./, '{"key":"~'),
  'is nested deeply': () => '['.repeat(DEEP) + ']'.repeat(DEEP),
  'is in the envelope of another version': (text) => JSON.stringify({ version: 3, record: text }),
  'is nested deeply at its key': (text) =>
    text.replace(/"record":.*/, `"record":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`),
  'is a megabyte': () => `"${'a'.repeat(1024 * 1024)}"`,
}

/** Replaces members of the record, which stays bound to its key: one that is undefined goes. */
const having = (members) => (text) => {
  const { key, record } = JSON.parse(text)
  return JSON.stringify({ key, record: { ...record, ...members } })
}

const owners = {
  'has no user': having({ userId: undefined }),
  'has null for a user': having({ userId: null }),
  'has a number for a user': having({ userId: 5 }),
  'has a list for a user': having({ userId: ['x'] }),
  'has an empty user': having({ userId: '' }),
  'has a path for a user': having({ userId: '../../user/list' }),
  'has a name for a user': having({ userId: '(Bob)' }),
  'has an alias for a user': having({ userId: '@bob' }),
  'has a megabyte of user': having({ userId: 'c'.repeat(1024 * 1024) }),
  'has a user who is not there': having({ userId: 'cnobody' }),
}

/** Of a record of one kind, by the first part of its key. */
export const OF_KIND = {
  session: {
    ...owners,
    'has no end': having({ expires: undefined }),
    'has null for an end': having({ expires: null }),
    'has a text for an end': having({ expires: '2030-01-01T00:00:00Z' }),
    'ended before time began': having({ expires: -1 }),
    'ends with a fraction': having({ expires: Date.now() + 1_000_000.5 }),
    'ends after all times': having({ expires: 8_640_000_000_000_001 }),
    'ends at the greatest number': (text) => text.replace(/\d{13}/, '9223372036854775807'),
    'ends beyond all numbers': (text) => text.replace(/\d{13}/, '1e999'),
  },
  account: {
    ...owners,
    'names another provider': having({ provider: 'other' }),
    'names another account': having({ providerAccountId: 'other' }),
    'names no provider': having({ provider: undefined }),
    'names no account': having({ providerAccountId: undefined }),
  },
  authenticator: {
    ...owners,
    'names another credential': having({ credentialID: 'other' }),
    'names no credential': having({ credentialID: undefined }),
    'has no counter': having({ counter: undefined }),
    'has a text for a counter': having({ counter: '0' }),
    'has counted below zero': having({ counter: -1 }),
    'has counted a fraction': having({ counter: 0.5 }),
    'has counted beyond 64 bits': (text) => text.replace(/"counter":0/, '"counter":1e30'),
  },
  codes: {
    'has a number for codes': having({ codes: 5 }),
    'has codes that are texts': having({ codes: ['x'] }),
    'has codes without ends': having({ codes: [['x']] }),
    'has codes whose end is a text': having({ codes: [['x', 'later', 'a']] }),
    'has a hundred thousand codes': having({ codes: Array(100_000).fill(['x', 9e12]) }),
    'has codes that end after all times': (text) => text.replace(/\d{13}/, '9223372036854775807'),
    'has missed less than never': having({ misses: -1 }),
    'has missed more often than 32 bits hold': having({ misses: 2 ** 32 }),
    'has missed as often as 32 bits hold': having({ misses: 2 ** 32 - 1, failures: 2 ** 32 - 1 }),
    'was missed before time began': (text) =>
      text.replace('}', ',"failures":7,"lastMiss":-9223372036854775808}'),
    'is missed after all times': having({ failures: 7, lastMiss: Number.MAX_SAFE_INTEGER }),
    'is locked without end': (text) =>
      text.replace(/"lockedUntil":0/, '"lockedUntil":9223372036854775807'),
    'has a nonce that is a number': having({ nonce: 5 }),
    'has members of another version': having({ version: 3, codesV3: { x: 1 } }),
  },
  user: {
    'is encrypted by nobody': () => '{"encrypted":"AAAA"}',
    'is encrypted in something else': () => '{"encrypted":{"user":1}}',
    'is not encrypted': () =>
      JSON.stringify({ encrypted: JSON.stringify({ at: Date.now(), user: { id: 'cbob' } }) }),
    'has another ending': (text) => text.replace(/.{4}"}$/, 'AAAA"}'),
    'has a mark that is a number': () => '{"changed":5}',
    'is of another kind': () => '{"deleted":"x"}',
    'is both encrypted and changed': (text) => text.replace('}', ',"changed":"x"}'),
  },
}
