import {
  type ChatBotKitAdapter,
  type ChatBotKitContact,
  ChatBotKitContactAdapter,
  type ChatBotKitContactAdapterOptions,
  type ChatBotKitUser,
  MemoryStore,
} from '@chatbotkit/nextauth'

const store = new MemoryStore()

export const everything: ChatBotKitContactAdapterOptions = {
  secret: 'secret',
  store,
  autoCreateContact: true,
  autoUpdateContact: false,
  autoDeleteContact: true,
  fingerprint: (email) => `a-rule-of-our-own:${email}`,
  baseUrl: 'https://api.chatbotkit.com/v1',
  timeout: 10_000,
  userFields: ['role'],
}

export const adapter: ChatBotKitAdapter<ChatBotKitContact> = ChatBotKitContactAdapter(everything)

// Code that knows users only takes contacts, too.
export const users: ChatBotKitAdapter = adapter

// What is left out comes from the environment.
ChatBotKitContactAdapter({ secret: 'secret' })
// @ts-expect-error the partner adapter's
ChatBotKitContactAdapter({ store, autoCreateUser: true })
// @ts-expect-error contacts have one kind of route
ChatBotKitContactAdapter({ store, apiRoutes: 'user' })
// @ts-expect-error a text, not a promise of one
ChatBotKitContactAdapter({ store, fingerprint: async (email: string) => email })

export const contactId: Promise<string> = adapter
  .clientOptions('c')
  .then((options) => options.contactId)

export type Contacts = [
  No<IsAny<ChatBotKitContact>>,
  Yes<IsSame<Awaited<ReturnType<typeof adapter.getUser>>, ChatBotKitContact | null>>,
  Yes<IsSame<ChatBotKitContact['emailVerified'], Date | null>>,
  Yes<IsSame<ChatBotKitContact['fingerprint'], string | null>>,
  Yes<IsSame<ChatBotKitContact['verifiedAt'], number | null>>,
  Yes<ChatBotKitContact extends ChatBotKitUser ? true : false>,
]
