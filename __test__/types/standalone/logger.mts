import {
  type ChatBotKitCallEvent,
  type ChatBotKitError,
  type ChatBotKitLogger,
  ChatBotKitPartnerAdapter,
  MemoryStore,
} from '@chatbotkit/nextauth'

const store = new MemoryStore()

ChatBotKitPartnerAdapter({
  store,
  logger: {
    error: (error) => [true] satisfies [Yes<IsSame<typeof error, ChatBotKitError>>],
    warn: (code) => [true] satisfies [Yes<IsSame<typeof code, string>>],
    debug: (message, metadata) =>
      [true, true] satisfies [
        Yes<IsSame<typeof message, string>>,
        Yes<IsSame<typeof metadata, ChatBotKitCallEvent>>,
      ],
  },
})

// What most loggers look like.
declare const common: Record<'error' | 'warn' | 'debug', (...data: unknown[]) => void>
ChatBotKitPartnerAdapter({ store, logger: common })
ChatBotKitPartnerAdapter({ store, logger: {} })

// @ts-expect-error a logger is an object of functions
ChatBotKitPartnerAdapter({ store, logger: (message: string) => message })
// @ts-expect-error there is no such level
export const loud: ChatBotKitLogger = { fatal: () => {} }

export type Events = [
  No<IsAny<ChatBotKitCallEvent>>,
  Yes<IsSame<ChatBotKitCallEvent['outcome'], 'ok' | 'empty' | 'error'>>,
  Yes<IsSame<ChatBotKitCallEvent['duration'], number>>,
]
