/**
 * What NextAuth hands to an adapter.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'

const HOUR = 3_600_000 // ms
const TEN_MINUTES = 600_000 // ms

/** A time that is not a whole second. */
const after = (lifetime) => new Date(Date.now() + lifetime)

/** @param {number} [lifetime] in milliseconds */
export function newSession(userId, lifetime = HOUR) {
  return { sessionToken: randomUUID(), userId, expires: after(lifetime) }
}

/** A code as NextAuth stores it: `token` is a hash. @param {number} [lifetime] in milliseconds */
export function newCode(identifier, lifetime = TEN_MINUTES) {
  const token = createHash('sha256').update(randomUUID()).digest('hex')
  return { identifier, token, expires: after(lifetime) }
}

/** An account as next-auth passes it on, with all that a provider may give. */
export function newAccount(userId, members = {}) {
  return {
    userId,
    type: 'oauth',
    provider: 'github',
    providerAccountId: randomUUID(),
    access_token: randomBytes(20).toString('hex'),
    refresh_token: randomBytes(20).toString('hex'),
    expires_at: 1_893_456_000,
    token_type: 'bearer',
    scope: 'read:user,user:email',
    session_state: null,
    ...members,
  }
}

/** What names an account. */
export function nameOf({ provider, providerAccountId }) {
  return { provider, providerAccountId }
}

export function newPasskey(userId, members = {}) {
  const credentialID = randomBytes(32).toString('base64')
  return {
    userId,
    credentialID,
    providerAccountId: credentialID,
    credentialPublicKey: randomBytes(64).toString('base64'),
    counter: 0,
    credentialDeviceType: 'multiDevice',
    credentialBackedUp: true,
    transports: 'internal,hybrid',
    ...members,
  }
}

/** A record as the adapter keeps it at a key, which it is bound to. */
export function bound(key, record) {
  return { key: createHash('sha256').update(key).digest('base64url').slice(0, 12), record }
}

/** What somebody types: a code of the right shape that is not `code`. */
export function otherThan(code, shift = 1) {
  const first = (Number.parseInt(code[0], 16) + shift) % 16
  return first.toString(16) + code.slice(1)
}

/** A fresh code that the adapter keeps from now on. */
export async function issueCode(adapter, identifier, lifetime) {
  const code = newCode(identifier, lifetime)
  await adapter.createVerificationToken(code)
  return code
}

/** Presents a code as NextAuth does. */
export function redeem(adapter, { identifier, token }) {
  return adapter.useVerificationToken({ identifier, token })
}

/** Presents `count` wrong codes at the same moment. */
export const guess = (adapter, identifier, count) =>
  all(count, () => redeem(adapter, newCode(identifier)))

/** @returns {Promise<T[]>} what `make` makes of the numbers below `count`, all at once @template T */
export function all(count, make) {
  return Promise.all(Array.from({ length: count }, (_, number) => make(number)))
}
