'use strict'

const { createHash, randomUUID } = require('node:crypto')

const TEN_MINUTES = 600_000 // ms

/** A fresh code as NextAuth hands it to the adapter: `token` is a hash. */
function freshCode(identifier, lifetime = TEN_MINUTES) {
  const token = createHash('sha256').update(randomUUID()).digest('hex')
  return { identifier, token, expires: new Date(Date.now() + lifetime) }
}

/** Presents a code as NextAuth does. */
function redeem(adapter, { identifier, token }) {
  return adapter.useVerificationToken({ identifier, token })
}

/** Presents `count` wrong codes at the same moment. */
function guess(adapter, identifier, count) {
  return Promise.all(Array.from({ length: count }, () => redeem(adapter, freshCode(identifier))))
}

module.exports = { freshCode, redeem, guess }
