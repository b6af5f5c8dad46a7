import { ChatBotKitEmailProvider, type ChatBotKitEmailProviderOptions } from '@chatbotkit/nextauth'

export const provider = ChatBotKitEmailProvider({
  sendVerificationRequest: async ({ expires, identifier, provider, token, url }) => {
    type Given = [typeof identifier, typeof token, typeof url, typeof expires]
    const given: [Yes<IsSame<Given, [string, string, string, Date]>>] = [true]
    await Promise.resolve([given, provider.from])
  },
  maxAge: 300,
  codeLength: 8,
  alphabet: '0123456789',
  id: 'code',
  name: 'Code',
  from: 'Example <no-reply@example.com>',
  generateVerificationToken: () => '12345678',
  normalizeIdentifier: (identifier) => identifier.toLowerCase(),
})

declare const unset: string | undefined
ChatBotKitEmailProvider({ from: unset, apiKey: unset, secret: unset, server: unset })
ChatBotKitEmailProvider()
ChatBotKitEmailProvider({})
ChatBotKitEmailProvider({ sendVerificationRequest() {} })
// Passed on: senders find them in `provider`, and NextAuth hashes codes with `secret`.
ChatBotKitEmailProvider({
  server: { host: 'smtp.example.com' },
  apiKey: 'key',
  secret: 'secret',
})

// @ts-expect-error an unknown option is more likely misspelt than meant
ChatBotKitEmailProvider({ codeLenght: 8 })
// @ts-expect-error seconds are a number
ChatBotKitEmailProvider({ maxAge: '10m' })
// @ts-expect-error an alphabet is text
ChatBotKitEmailProvider({ alphabet: ['a', 'b'] })
// @ts-expect-error a sender is a function
ChatBotKitEmailProvider({ sendVerificationRequest: 'smtp://localhost' })
// @ts-expect-error a code is text
ChatBotKitEmailProvider({ generateVerificationToken: () => 123_456 })
// @ts-expect-error there is no such member
ChatBotKitEmailProvider({ sendVerificationRequest: ({ code }) => code })

export type Provider = [
  No<IsAny<typeof provider>>,
  Yes<IsSame<typeof provider.type, 'email'>>,
  Yes<IsSame<typeof provider.maxAge, number>>,
  No<IsAny<ChatBotKitEmailProviderOptions>>,
]
