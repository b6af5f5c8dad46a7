'use strict'

/** How long a code can be redeemed, in seconds: the longest that OWASP ASVS and NIST allow. */
const MAX_AGE = 600

/**
 * The e-mail provider as both frameworks take it, around what makes and sends codes. Edge runtimes and
 * browsers get it, too, so nothing of Node is loaded here.
 *
 * @param {object} options the caller's own, which NextAuth merges over the rest
 * @param {{ generateVerificationToken: Function, sendVerificationRequest: Function }} functions
 */
function emailConfig(options, { generateVerificationToken, sendVerificationRequest }) {
  return {
    id: 'email',
    type: 'email',
    name: 'Email',
    // Both frameworks look for these and neither uses them here.
    server: { host: 'localhost', port: 25, auth: { user: '', pass: '' } },
    from: 'no-reply@localhost',
    maxAge: MAX_AGE,
    generateVerificationToken,
    sendVerificationRequest,
    options: defined(options),
  }
}

/** An option that is undefined must not hide the default when NextAuth merges. */
function defined(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

module.exports = { emailConfig }
