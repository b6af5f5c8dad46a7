/**
 * What is measured: calls of an adapter, as NextAuth makes them. `number` is never the same twice.
 */
import { CODE_AGE, emailOf, idOf, SESSION_AGE, SESSIONS, tokenOf, USERS } from './population.mjs'

const sessionTokenOf = (number) => `session-${String(number % SESSIONS).padStart(56, '0')}`

function newCode(number) {
  const expires = new Date(Date.now() + CODE_AGE)
  return { identifier: emailOf(FIRST + number), token: tokenOf(number), expires }
}

async function redeem(adapter, { identifier, token }) {
  if (!(await adapter.useVerificationToken({ identifier, token }))) {
    throw new Error(`The code of ${identifier} was not accepted`)
  }
}

/** A user that has to be there. */
function found(user, email) {
  if (user?.email !== email) throw new Error(`Not the user with the address ${email}`)
  return user
}

/** How many people a process remembers whom it has found: fewer than it has room for. */
const KNOWN = 8_000

/** Each process signs in others: what is left of a redeemed code stays for some minutes. */
const FIRST = (process.pid * 7_919) % USERS

const knownEmailOf = (number) => emailOf(FIRST + (number % KNOWN))

/** Somebody signs in by code: the calls of next-auth 4.24, in its order. */
async function signIn(adapter, number, email) {
  const code = { ...newCode(number), identifier: email }
  await adapter.getUserByEmail(email)
  await adapter.createVerificationToken(code)
  // The person follows the link.
  await redeem(adapter, code)
  await adapter.getUserByEmail(email)
  const user = await adapter.getUserByEmail(email)
  const emailVerified = new Date()
  const { id } = user
    ? await adapter.updateUser({ id: found(user, email).id, emailVerified })
    : found(await adapter.createUser({ email, emailVerified }), email)
  const expires = new Date(Date.now() + SESSION_AGE)
  await adapter.createSession({ sessionToken: tokenOf(number), userId: id, expires })
}

/** What the scale and the memory of the store are measured with. */
export const STORING = {
  createSession: {
    call(adapter, number) {
      const expires = new Date(Date.now() + SESSION_AGE)
      return adapter.createSession({ sessionToken: tokenOf(number), userId: idOf(number), expires })
    },
  },
  createCode: { call: (adapter, number) => adapter.createVerificationToken(newCode(number)) },
}

/** What is compared with the same in JavaScript. */
export const COMPARED = [
  ...['getUser', 'getUserByEmail', 'createUser', 'updateUser', 'code'],
  ...['signIn', 'signInAgain', 'signUp', 'getSessionAndUser'],
]

/** @type {Record<string, { prepare?: Function, call: Function, read?: boolean }>} */
export const OPERATIONS = {
  getUser: {
    read: true,
    call: async (adapter, number) => found(await adapter.getUser(idOf(number)), emailOf(number)),
  },

  getUserByEmail: {
    read: true,
    async call(adapter, number) {
      found(await adapter.getUserByEmail(emailOf(number)), emailOf(number))
    },
  },

  createUser: {
    async call(adapter, number) {
      const email = `new${String(number).padStart(8, '0')}@example.com`
      found(await adapter.createUser({ email, emailVerified: new Date() }), email)
    },
  },

  updateUser: {
    async call(adapter, number) {
      const user = await adapter.updateUser({ id: idOf(number), name: `Name ${number}` })
      if (user.name !== `Name ${number}`) throw new Error('The name did not change')
    },
  },

  /** A code is made and redeemed. */
  code: {
    async call(adapter, number) {
      const code = newCode(number)
      await adapter.createVerificationToken(code)
      await redeem(adapter, code)
    },
  },

  /** Somebody with a sub-account signs in for the first time. */
  signIn: { call: (adapter, number) => signIn(adapter, number, emailOf(FIRST + number)) },

  /** Somebody signs in whom this process has found before. */
  signInAgain: {
    async prepare(adapter) {
      for (let first = 0; first < KNOWN; first += 64) {
        const some = Array.from({ length: 64 }, (_, n) => knownEmailOf(first + n))
        await Promise.all(some.map((email) => adapter.getUserByEmail(email)))
      }
    },
    call: (adapter, number) => signIn(adapter, number, knownEmailOf(number)),
  },

  /** Somebody without a sub-account signs in. */
  signUp: {
    call: (adapter, number) =>
      signIn(adapter, number, `new${String(50_000_000 + number).padStart(8, '0')}@example.com`),
  },

  createSession: STORING.createSession,

  getSessionAndUser: {
    read: true,
    async prepare(adapter) {
      const expires = new Date(Date.now() + SESSION_AGE)
      const make = async (_, number) => {
        const sessionToken = sessionTokenOf(number)
        await adapter.createSession({ sessionToken, userId: idOf(number), expires })
        // Read once: what is measured is a session whose user was read within the last minute.
        await adapter.getSessionAndUser(sessionToken)
      }
      await Promise.all(Array.from({ length: SESSIONS }, make))
    },
    async call(adapter, number) {
      const { user } = await adapter.getSessionAndUser(sessionTokenOf(number))
      found(user, emailOf(number % SESSIONS))
    },
  },
}
