'use strict'

const { invalid, readOptions, text } = require('./option-checks.js')

const CHECKS = {
  adapter: (value) =>
    typeof value?.admission === 'function' ? undefined : 'an adapter of this package',
  pendingPage: text,
  refusedPage: text,
}

/**
 * A `signIn` callback of NextAuth that sends people who do not get in to a page of the application,
 * where NextAuth would show an error. index.d.ts documents the options.
 *
 * @param {import('../index.js').ChatBotKitApprovalOptions} options
 */
function approval(options) {
  const {
    adapter,
    pendingPage,
    refusedPage = pendingPage,
  } = readOptions('approval', CHECKS, options)
  if (!adapter || pendingPage === undefined) {
    throw invalid('approval needs the options "adapter" and "pendingPage"')
  }
  const pages = { admitted: true, pending: pendingPage, refused: refusedPage }

  /** NextAuth asks when a code is asked for, and when it was redeemed: that proves the address. */
  return async function signIn({ user, account, email }) {
    // An account of a provider may be about to be linked to whoever is signed in. Whether it makes a
    // user is known to createUser only, which refuses.
    if (account?.type !== 'email' || email?.verificationRequest) return true
    const { name, image } = user
    const person = { email: user.email, name, image, emailVerified: new Date() }
    return pages[await adapter.admission(person)]
  }
}

module.exports = { approval }
