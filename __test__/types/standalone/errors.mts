import { ChatBotKitError, type ChatBotKitErrorCode } from '@chatbotkit/nextauth'

export function explain(error: unknown): string {
  if (!(error instanceof ChatBotKitError)) throw error
  // @ts-expect-error there is no such code
  if (error.code === 'ERR_EMAIL_GONE') return 'never'
  switch (error.code) {
    case 'ERR_EMAIL_TAKEN': {
      const narrowed: 'ERR_EMAIL_TAKEN' = error.code
      return narrowed
    }
    case 'ERR_API_REJECTED':
      return `${error.status?.toFixed()} ${error.apiCode?.toLowerCase()} in ${error.operation?.trim()}`
    case 'ERR_STORE':
      return error.cause instanceof Error ? error.cause.message : error.message
    default: {
      const rest: Exclude<
        ChatBotKitErrorCode,
        'ERR_EMAIL_TAKEN' | 'ERR_API_REJECTED' | 'ERR_STORE'
      > = error.code
      return error.retryable ? 'Try again later' : rest
    }
  }
}

export const made: Error = new ChatBotKitError('ERR_STORE', 'The store failed', {
  operation: 'getUser',
  status: 500,
  apiCode: 'CONFLICT',
  retryable: true,
  cause: new Error('ECONNRESET'),
})

// @ts-expect-error there is no such code
new ChatBotKitError('ERR_EMAIL_GONE', 'message')
// @ts-expect-error there is no such detail
new ChatBotKitError('ERR_STORE', 'message', { statusCode: 500 })

declare const error: ChatBotKitError
// @ts-expect-error an error's code is what it is
error.code = 'ERR_STORE'

export type Members = [
  No<IsAny<ChatBotKitError>>,
  No<IsAny<ChatBotKitErrorCode>>,
  Yes<IsSame<typeof error.name, 'ChatBotKitError'>>,
  Yes<IsSame<typeof error.status, number | undefined>>,
  Yes<IsSame<typeof error.retryable, boolean>>,
  Yes<IsSame<typeof error.cause, unknown>>,
]
