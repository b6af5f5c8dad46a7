'use strict'

const { NativeAdapter } = require('../native/binary.js')
const { constructAdapter } = require('./construct.js')
const { fingerprintFunction } = require('./fingerprint.js')
const { CONTACT_OPTIONS, nativeOptions } = require('./options.js')

/**
 * A NextAuth database adapter whose users are the contacts of one ChatBotKit account. index.d.ts
 * documents the options.
 *
 * @param {import('../../index.js').ChatBotKitContactAdapterOptions} [options]
 */
function ChatBotKitContactAdapter(options = {}) {
  const whose = 'ChatBotKitContactAdapter'
  return constructAdapter(whose, CONTACT_OPTIONS, options, 'contactId', (given, store) => {
    const own = {
      autoUpdateUser: given.autoUpdateContact,
      autoDeleteUser: given.autoDeleteContact,
    }
    const fingerprint = given.fingerprint && fingerprintFunction(given.fingerprint)
    const shared = nativeOptions({ ...given, autoCreate: given.autoCreateContact })
    return NativeAdapter.ofContacts({ ...shared, ...own }, store, fingerprint)
  })
}

module.exports = { ChatBotKitContactAdapter }
