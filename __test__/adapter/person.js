'use strict'

const DAY = 86_400_000 // ms

/** People as a partner made them. */
const ADA = { email: 'ada@example.com', name: 'Ada Lovelace', createdAt: 1_700_000_000_000 }
const BOB = { email: 'bob@example.com', name: 'Bob', createdAt: 1_700_000_000_000 + DAY }

/** Somebody without a sub-account. */
const EVE = { email: 'eve@example.com', emailVerified: new Date(1_710_000_000_000) }

/** Somebody who signed up through the adapter and did not prove the address. */
const UNPROVEN = { email: 'una@example.com', meta: { nextauth: { emailVerified: null } } }

module.exports = { ADA, BOB, EVE, UNPROVEN }
