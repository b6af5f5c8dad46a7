import type { Adapter as CoreAdapter } from '@auth/core/adapters'
import { ChatBotKitPartnerAdapter, MemoryStore } from '@chatbotkit/nextauth'

export const coreAdapter: CoreAdapter = ChatBotKitPartnerAdapter({ store: MemoryStore.shared() })
