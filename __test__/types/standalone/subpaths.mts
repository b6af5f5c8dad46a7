import type * as root from '@chatbotkit/nextauth'
import {
  ChatBotKitContactEmailProvider,
  ContactMemoryStore,
  ContactStore,
} from '@chatbotkit/nextauth/contact'
import type * as contactAdapter from '@chatbotkit/nextauth/contact/adapter.js'
import type * as contactProvider from '@chatbotkit/nextauth/contact/provider'
import type * as index from '@chatbotkit/nextauth/index.js'
// @ts-expect-error what the package does not export is out of reach
import type {} from '@chatbotkit/nextauth/lib/adapter/partner-adapter.js'
import { withChatBotKit } from '@chatbotkit/nextauth/next'
import * as partner from '@chatbotkit/nextauth/partner'
import type * as partnerIndex from '@chatbotkit/nextauth/partner/index'
import { type Sandbox, startSandbox } from '@chatbotkit/nextauth/sandbox'
import { type StoreTest, storeTests, testStore } from '@chatbotkit/nextauth/testing'
import * as user from '@chatbotkit/nextauth/user'
import type * as userAdapter from '@chatbotkit/nextauth/user/adapter'

export const store: root.MemoryStore = partner.MemoryStore.shared()
export const adapters: root.ChatBotKitAdapter[] = [
  partner.ChatBotKitPartnerAdapter({ store }),
  user.ChatBotKitUserAdapter({ store: user.MemoryStore.shared() }),
]

/** A store of one's own, by the name that it extends in applications with contacts. */
class OwnStore extends ContactStore {
  override get = () => null
}

export const contactStore: root.Store = new OwnStore()
export const contactMemoryStore: ContactMemoryStore = new ContactMemoryStore()
export const contactProviderConfig: root.ChatBotKitEmailProviderConfig =
  ChatBotKitContactEmailProvider({ maxAge: 300 })

// @ts-expect-error the subpaths have types too
partner.ChatBotKitPartnerAdapter({ storage: store })

declare const test: (
  name: string,
  run: (context: object) => Promise<void>,
  timeout?: number,
) => void
testStore(test, { createStore: async () => store })
testStore(test, { module: './store.js', execArgv: ['--import', 'tsx'], lifetimes: false })
// @ts-expect-error a test has no description
storeTests({ module: './store.js' })[0]?.description
// @ts-expect-error an address is no store
testStore(test, { createStore: () => 'redis://localhost' })

interface NextConfig {
  output?: 'standalone'
}

export const config: NextConfig = withChatBotKit({ output: 'standalone' })
export const made = withChatBotKit((_phase: string): NextConfig => ({})) satisfies (
  phase: string,
) => NextConfig

// @ts-expect-error a name is no configuration
withChatBotKit('standalone')

export type Subpaths = [
  Yes<IsSame<ReturnType<typeof storeTests>, StoreTest[]>>,
  No<IsAny<typeof config>>,
  No<IsAny<typeof partner>>,
  No<IsAny<typeof user>>,
  Yes<IsSame<typeof partner.ChatBotKitPartnerAdapter, typeof root.ChatBotKitPartnerAdapter>>,
  Yes<IsSame<typeof user.ChatBotKitUserAdapter, typeof root.ChatBotKitUserAdapter>>,
  Yes<IsSame<typeof index, typeof root>>,
  Yes<IsSame<typeof partnerIndex, typeof root>>,
  Yes<IsSame<typeof contactAdapter, typeof root>>,
  Yes<IsSame<typeof contactProvider, typeof root>>,
  Yes<IsSame<typeof userAdapter, typeof root>>,
]

export async function ofSandbox(): Promise<string | undefined> {
  const sandbox: Sandbox = await startSandbox({ users: [{ email: 'ada@example.com' }], port: 0 })
  const fault = sandbox.inject({ type: 'status', status: 503, times: 1 })
  // @ts-expect-error a fault counts its hits itself
  fault.hits = 1
  // @ts-expect-error an unknown option is refused
  await startSandbox({ user: [] })
  await sandbox.close()
  const secret: string = sandbox.env.CHATBOTKIT_API_SECRET
  return sandbox.users.findByEmail('ada@example.com')?.name ?? secret
}
