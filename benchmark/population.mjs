/** Who is there when a benchmark begins; server/src/users.rs makes them. */

/** Enough that nobody signs in twice within the seconds that a redeemed code is remembered. */
export const USERS = 100_000

export const SECRET = 'benchmark-secret'

/** How many sessions the reading of sessions takes turns with. */
export const SESSIONS = 1_000

/** How long a session lives, in milliseconds: NextAuth's default. */
export const SESSION_AGE = 30 * 24 * 60 * 60 * 1_000

/** How long a code lives, in milliseconds: the provider's default. */
export const CODE_AGE = 600_000

export const idOf = (number) => `c${String(number % USERS).padStart(24, '0')}`

export const emailOf = (number) => `user${number % USERS}@example.com`

/** A text of 64 characters, as NextAuth's hash of a code is one. */
export const tokenOf = (number) => String(number).padStart(64, '0')
