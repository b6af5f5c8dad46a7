'use strict'

const { emailConfig } = require('./email-config.js')
const { ChatBotKitError } = require('./error.js')
const { handled } = require('./handled.js')
const { generateCode } = require('./native/binary.js')
const { invalid, readable } = require('./option-checks.js')

const CODE_LENGTH = 6
const LONGEST_CODE = 256
const ALPHABET = '0123456789abcdef'

const FUNCTIONS = ['sendVerificationRequest', 'generateVerificationToken', 'normalizeIdentifier']

/** Where a code may be printed. A server whose NODE_ENV is not set may be a production server. */
const PRINTING_ENVIRONMENTS = ['development', 'test']

/**
 * The e-mail provider for NextAuth and Auth.js, with short codes instead of links. index.d.ts
 * documents the options; any other is passed on to NextAuth.
 *
 * @param {import('../index.js').ChatBotKitEmailProviderOptions} [options]
 */
function ChatBotKitEmailProvider(given = {}) {
  const options = readable('ChatBotKitEmailProvider', () => {
    return isRecord(given) ? { ...given } : undefined
  })
  checkOptions(options)
  const { codeLength = CODE_LENGTH, alphabet = ALPHABET, ...rest } = options
  // Fails now rather than at the first sign-in: a weak code is a mistake in the configuration.
  newCode(codeLength, alphabet)
  checkMaxAge(rest.maxAge)
  return emailConfig(
    { ...rest, sendVerificationRequest: sender(rest.sendVerificationRequest) },
    {
      generateVerificationToken: async () => newCode(codeLength, alphabet),
      sendVerificationRequest: sender(printVerificationRequest),
    },
  )
}

function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkOptions(options) {
  if (!options) {
    throw invalid('ChatBotKitEmailProvider needs an object of options, or none')
  }
  for (const name of FUNCTIONS) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw invalid(`The option "${name}" has to be a function`)
    }
  }
}

function newCode(length, alphabet) {
  const isLength = Number.isInteger(length) && length > 0 && length <= LONGEST_CODE
  if (!isLength)
    throw invalid(`The option "codeLength" has to be a whole number from 1 to ${LONGEST_CODE}`)
  // A code is typed by hand and stands in a URL.
  const isAlphabet = typeof alphabet === 'string' && /^[\x21-\x7e]+$/.test(alphabet)
  if (!isAlphabet) throw invalid('The option "alphabet" has to be printable ASCII without spaces')
  try {
    return generateCode(length, alphabet)
  } catch (error) {
    throw invalid(
      `The options "codeLength" and "alphabet" make no safe code: ${error.message}${advice(length, alphabet)}`,
    )
  }
}

/** Which length would do with that alphabet, if one does. */
function advice(length, alphabet) {
  for (let longer = length + 1; longer <= LONGEST_CODE; longer += 1) {
    try {
      generateCode(longer, alphabet)
      return `. With this alphabet, a codeLength of ${longer} is enough`
    } catch {
      // Not yet.
    }
  }
  return ''
}

function checkMaxAge(maxAge) {
  if (maxAge === undefined || (Number.isInteger(maxAge) && maxAge > 0)) return
  throw invalid('The option "maxAge" has to be a whole number of seconds')
}

/** A sender of codes whose promise may reject before NextAuth looks at it. */
function sender(send) {
  if (send === undefined) return undefined
  return function sendVerificationRequest(...args) {
    return handled(new Promise((resolve) => resolve(send.apply(this, args))))
  }
}

async function printVerificationRequest({ identifier, token }) {
  if (!PRINTING_ENVIRONMENTS.includes(process.env.NODE_ENV)) {
    throw new ChatBotKitError(
      'ERR_NO_SENDER',
      'ChatBotKitEmailProvider has no sendVerificationRequest, so no code can be sent. Pass one that sends the mail. Codes are printed only when NODE_ENV is "development" or "test"',
      { operation: 'sendVerificationRequest' },
    )
  }
  // Quoted: whoever asks for a code chooses the address, line breaks and all.
  console.info(
    `[chatbotkit] The sign-in code for ${JSON.stringify(identifier)} is ${token}\n[chatbotkit] Printed because ChatBotKitEmailProvider has no sendVerificationRequest. Pass one that sends mail before you go live.`,
  )
}

module.exports = { ChatBotKitEmailProvider }
