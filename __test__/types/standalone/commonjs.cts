import nextauth = require('@chatbotkit/nextauth')

import type { ChatBotKitAdapterOptions } from '@chatbotkit/nextauth'

const {
  ChatBotKitEmailProvider,
  ChatBotKitError,
  ChatBotKitPartnerAdapter,
  ChatBotKitUserAdapter,
  MemoryStore,
  Store,
} = nextauth

class Quiet extends Store {
  override get(_key: string) {
    return null
  }
}

const options: ChatBotKitAdapterOptions = { store: new Quiet() }
const adapters = [ChatBotKitPartnerAdapter(options), ChatBotKitUserAdapter(options)]
const provider = ChatBotKitEmailProvider()
const store: nextauth.StoreLike = MemoryStore.shared()
const error = new ChatBotKitError('ERR_INTERNAL', 'message')

// @ts-expect-error there is no default export
nextauth.default
// @ts-expect-error the native code is nobody's business
nextauth.NativeAdapter

type Exports = [
  No<IsAny<typeof nextauth>>,
  Yes<IsSame<(typeof adapters)[number], nextauth.ChatBotKitAdapter>>,
  Yes<IsSame<typeof error.code, nextauth.ChatBotKitErrorCode>>,
]

export = { adapters, provider, store, exports: [false, true, true] satisfies Exports }
