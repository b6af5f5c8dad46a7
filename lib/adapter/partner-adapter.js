'use strict'

const { NativeAdapter } = require('../native/binary.js')
const { constructAdapter } = require('./construct.js')
const { PARTNER_OPTIONS, nativeOptions } = require('./options.js')

/**
 * A NextAuth database adapter whose users are ChatBotKit sub-accounts. index.d.ts documents the
 * options.
 *
 * @param {import('../../index.js').ChatBotKitAdapterOptions} [options]
 */
function ChatBotKitPartnerAdapter(options = {}) {
  const whose = 'ChatBotKitPartnerAdapter'
  return constructAdapter(whose, PARTNER_OPTIONS, options, 'runAsUserId', (given, store) => {
    const { autoCreateUser, autoUpdateUser, autoDeleteUser, apiRoutes } = given
    const own = { autoUpdateUser, autoDeleteUser, apiRoutes }
    const shared = nativeOptions({ ...given, autoCreate: autoCreateUser })
    return NativeAdapter.ofSubAccounts({ ...shared, ...own }, store)
  })
}

module.exports = { ChatBotKitPartnerAdapter }
