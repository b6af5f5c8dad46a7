'use strict'

const { readArguments } = require('../arguments.js')
const { ChatBotKitError } = require('../error.js')
const { idOf } = require('./arguments.js')

const OPERATION = 'clientOptions'

const HOSTED = 'https://api.chatbotkit.com'

/**
 * `clientOptions(userId)`: what the constructor of `@chatbotkit/sdk` takes to act for a user. Without an
 * id it would act for the whole account, so nothing that is none gets through.
 *
 * @param {'runAsUserId' | 'contactId'} member where the id goes
 * @param {{ secret?: string | null, baseUrl?: string | null }} options of the adapter
 * @param {unknown} userId
 */
function clientOptions(member, { secret, baseUrl }, userId) {
  const [id] = readArguments(OPERATION, (value) => [idOf('userId', value)], [userId])
  const text = secret?.trim()
  if (!text) {
    throw new ChatBotKitError(
      'ERR_MISSING_SECRET',
      `${OPERATION} failed: it needs a secret, and none is configured. Set the option "secret"`,
      { operation: OPERATION },
    )
  }
  return { secret: text, baseUrl: baseUrl || HOSTED, [member]: id }
}

module.exports = { clientOptions }
