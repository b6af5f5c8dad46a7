'use strict'

/**
 * The one class of errors that this package throws and rejects with. docs/errors.md lists the
 * codes. Edge runtimes get it, too, so nothing of Node is loaded here.
 */
class ChatBotKitError extends Error {
  /**
   * @param {string} code `ERR_…`
   * @param {string} message
   * @param {{operation?: string, status?: number, apiCode?: string, retryAfter?: number, retryable?: boolean, cause?: unknown}} [details]
   */
  constructor(code, message, details = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    if (details.operation !== undefined) this.operation = details.operation
    if (details.status !== undefined) this.status = details.status
    if (details.apiCode !== undefined) this.apiCode = details.apiCode
    if (details.retryAfter !== undefined) this.retryAfter = details.retryAfter
    this.retryable = details.retryable ?? false
  }
}

// A literal on the prototype: `this.constructor.name` would be whatever a minifier made of it.
Object.defineProperty(ChatBotKitError.prototype, 'name', {
  value: 'ChatBotKitError',
  writable: true,
  configurable: true,
})

module.exports = { ChatBotKitError }
