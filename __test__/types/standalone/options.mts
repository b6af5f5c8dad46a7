import {
  type ChatBotKitAdapter,
  type ChatBotKitAdapterOptions,
  ChatBotKitPartnerAdapter,
  ChatBotKitUserAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'

const store = new MemoryStore()

export const everything: ChatBotKitAdapterOptions = {
  secret: 'secret',
  store,
  autoCreateUser: true,
  autoUpdateUser: false,
  autoDeleteUser: true,
  baseUrl: 'https://api.chatbotkit.com/v1',
  apiRoutes: 'partner',
  timeout: 10_000,
  retries: 2,
  retryDelay: 250,
  headers: { 'x-request-source': 'app' },
  keyPrefix: 'app:',
  cacheTtl: 0,
  userCacheTtl: 60_000,
  codeAttempts: 5,
  lockAfter: 100,
  lockFor: 3_600_000,
}

// What comes from the environment may be undefined, which exactOptionalPropertyTypes tells from absent.
declare const environment: Record<string, string | undefined>
export const adapter: ChatBotKitAdapter = ChatBotKitPartnerAdapter({
  secret: environment.CHATBOTKIT_API_SECRET,
  baseUrl: environment.CHATBOTKIT_BASE_URL ?? null,
  store,
})
export const userAdapter: ChatBotKitAdapter = ChatBotKitUserAdapter(everything)

// What is left out comes from the environment.
ChatBotKitPartnerAdapter()
ChatBotKitPartnerAdapter({ autoCreateUser: true, store: undefined })
// @ts-expect-error an unknown option is refused
ChatBotKitPartnerAdapter({ store, autoCreateUsers: true })
// @ts-expect-error a secret is text
ChatBotKitPartnerAdapter({ store, secret: 1 })
// @ts-expect-error true or false
ChatBotKitPartnerAdapter({ store, autoCreateUser: 'yes' })
// @ts-expect-error null is not the default
ChatBotKitPartnerAdapter({ store, autoUpdateUser: null })
// @ts-expect-error no such routes
ChatBotKitPartnerAdapter({ store, apiRoutes: 'partners' })
// @ts-expect-error milliseconds are a number
ChatBotKitPartnerAdapter({ store, timeout: '10s' })
// @ts-expect-error true or false
ChatBotKitPartnerAdapter({ store, http2: 'no' })
// @ts-expect-error headers are text
ChatBotKitPartnerAdapter({ store, headers: { retries: 3 } })

// @ts-expect-error a user without an id cannot be changed
adapter.updateUser({ name: 'Ada' })
// @ts-expect-error when the address was proven is a Date
adapter.createUser({ email: 'ada@example.com', emailVerified: '2030-01-01' })
// @ts-expect-error an end is needed
adapter.createVerificationToken({ identifier: 'ada@example.com', token: 'hash' })
