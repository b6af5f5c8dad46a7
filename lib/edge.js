'use strict'

const { ChatBotKitError } = require('./error.js')

/**
 * What bundlers for browsers and for edge runtimes get instead of index.js: the same names, each of
 * which says why it cannot be had. A binary is loaded by Node only, and nothing here is for browsers.
 */
function refuse(name) {
  const what = `${name} needs the Node.js runtime: @chatbotkit/nextauth is a native addon, which no edge runtime and no browser can load`
  throw new ChatBotKitError('ERR_RUNTIME', `${what}. ${isJsdom() ? IN_JSDOM : ELSEWHERE}`)
}

/** Jest's jsdom environment asks packages for what they have for browsers. */
function isJsdom() {
  return /jsdom/i.test(globalThis.navigator?.userAgent ?? '')
}

const IN_JSDOM =
  "This is a test in jsdom: write testEnvironment: 'node' into Jest's configuration, or @jest-environment node into the test's first comment"

const ELSEWHERE =
  'In a route or a page, write "export const runtime = \'nodejs\'" or leave "runtime" out. A middleware that only checks sessions is better served by a configuration without the adapter'

const refusedFunction = (name) => () => refuse(name)

function refusedClass(name) {
  return class {
    constructor() {
      refuse(name)
    }

    static shared() {
      refuse(name)
    }
  }
}

module.exports = {
  ChatBotKitPartnerAdapter: refusedFunction('ChatBotKitPartnerAdapter'),
  ChatBotKitUserAdapter: refusedFunction('ChatBotKitUserAdapter'),
  ChatBotKitEmailProvider: refusedFunction('ChatBotKitEmailProvider'),
  ChatBotKitError,
  KVStore: refusedClass('KVStore'),
  MemoryStore: refusedClass('MemoryStore'),
  RedisStore: refusedClass('RedisStore'),
  Store: refusedClass('Store'),
}
