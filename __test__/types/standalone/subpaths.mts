import type * as root from '@chatbotkit/nextauth'
// @ts-expect-error what the package does not export is out of reach
import type {} from '@chatbotkit/nextauth/lib/adapter/partner-adapter.js'
import { withChatBotKit } from '@chatbotkit/nextauth/next'
import * as partner from '@chatbotkit/nextauth/partner'
import * as user from '@chatbotkit/nextauth/user'

export const store: root.MemoryStore = partner.MemoryStore.shared()
export const adapters: root.ChatBotKitAdapter[] = [
  partner.ChatBotKitPartnerAdapter({ store }),
  user.ChatBotKitUserAdapter({ store: user.MemoryStore.shared() }),
]

// @ts-expect-error the subpaths have types too
partner.ChatBotKitPartnerAdapter({ storage: store })

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
  No<IsAny<typeof config>>,
  No<IsAny<typeof partner>>,
  No<IsAny<typeof user>>,
  Yes<IsSame<typeof partner.ChatBotKitPartnerAdapter, typeof root.ChatBotKitPartnerAdapter>>,
  Yes<IsSame<typeof user.ChatBotKitUserAdapter, typeof root.ChatBotKitUserAdapter>>,
]
